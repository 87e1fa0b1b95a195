package io.diffmm.interactions;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/// Which database, and as whom.
sealed interface DatabaseAddress {

    String url();

    String user();

    String password();

    /// A file in a folder of this server's own.
    record Embedded(Path directory) implements DatabaseAddress {

        @Override
        public String url() {
            return EmbeddedDatabase.url(directory);
        }

        @Override
        public String user() {
            return EmbeddedDatabase.USER;
        }

        @Override
        public String password() {
            return "";
        }
    }

    /// PostgreSQL, which replicas share.
    record Shared(String url, String user, String password) implements DatabaseAddress {

        private static final String SCHEME = "jdbc:postgresql:";

        public Shared {
            if (!url.startsWith(SCHEME)) {
                throw new IllegalArgumentException("spring.datasource.url begins with '%s', not with '%s'"
                        .formatted(url.split("//|\\?", 2)[0], SCHEME));
            }
        }

        /// What makes the driver wait no longer than `connect` for a connection and `statement` for an answer.
        Properties properties(Duration connect, Duration statement) {
            var properties = new Properties();
            properties.setProperty("user", user);
            properties.setProperty("password", password);
            properties.setProperty("ApplicationName", "diffmm-server");
            properties.setProperty("connectTimeout", seconds(connect));
            properties.setProperty("loginTimeout", seconds(connect));
            properties.setProperty("socketTimeout", seconds(statement));
            properties.setProperty("tcpKeepAlive", "true");
            return properties;
        }

        private static String seconds(Duration duration) {
            return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
        }

        /// Without the password.
        @Override
        public String toString() {
            return url.split("\\?", 2)[0];
        }
    }

    /// The database that is configured: the embedded one unless a URL is given.
    static DatabaseAddress of(Optional<String> url, Optional<String> user, Optional<String> password, Path directory) {
        return url.<DatabaseAddress>map(given -> new Shared(given, user.orElse(""), password.orElse("")))
                .orElseGet(() -> new Embedded(directory));
    }
}
