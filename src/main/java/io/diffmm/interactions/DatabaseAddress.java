package io.diffmm.interactions;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

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
        private static final Duration HANGING_UP = Duration.ofSeconds(2);
        private static final Pattern USER_INFO = Pattern.compile("//[^/?]*@");

        public Shared {
            if (USER_INFO.matcher(url).find()) {
                throw new InteractionsStartException(
                        "spring.datasource.url has a user in front of the host; give spring.datasource.username and password");
            }
            if (!url.startsWith(SCHEME)) {
                throw new InteractionsStartException("spring.datasource.url does not begin with %s".formatted(SCHEME));
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
            properties.setProperty("socketTimeout", seconds(statement.plus(HANGING_UP))); // the server gives up first
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
