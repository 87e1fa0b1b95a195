package io.diffmm.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// Which program this is, as the build wrote it down.
///
/// @param commit that it was built from; `unknown` if that was outside a repository
record Program(String version, String commit) {

    private static final String FILE = "META-INF/build-info.properties";

    /// This program.
    static Program current() {
        Properties build = new Properties();
        try (InputStream in = Program.class.getClassLoader().getResourceAsStream(FILE)) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Program(
                build.getProperty("build.version", "development"), build.getProperty("build.commit", "unknown"));
    }
}
