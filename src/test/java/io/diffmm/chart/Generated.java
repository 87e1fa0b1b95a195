package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

/// Check of generated files under version control. With `-Ddiffmm.rewrite=true` the files are written before the check.
final class Generated {

    private static final boolean REWRITE = Boolean.getBoolean("diffmm.rewrite");

    private Generated() {}

    static void check(Path file, String expected) {
        if (REWRITE) {
            Chart.write(file, expected);
        }
        assertThat(Files.exists(file) ? Chart.read(file) : "")
                .as("%s; write it with -Ddiffmm.rewrite=true", file)
                .isEqualTo(expected);
    }
}
