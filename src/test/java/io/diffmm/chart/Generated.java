package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

/// Files that are made from others and kept beside them: compared, or with `-Ddiffmm.rewrite=true` written.
final class Generated {

    private static final boolean REWRITE = Boolean.getBoolean("diffmm.rewrite");

    private Generated() {}

    static void check(Path file, String expected) {
        if (REWRITE) {
            Chart.write(file, expected);
        }
        assertThat(Files.exists(file) ? Chart.read(file) : "")
                .as("%s; -Ddiffmm.rewrite=true writes it", file)
                .isEqualTo(expected);
    }
}
