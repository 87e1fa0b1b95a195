package io.diffmm.interactions;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/// Operations in which the supported databases differ.
sealed interface Database permits EmbeddedDatabase, SharedDatabase {

    /// Returns the SQL of a query for the rows that an insert adds.
    ///
    /// @param insert the insert statement
    /// @param columns columns to return
    String insertReturning(String insert, String columns);

    /// Returns statements with the rows of several queries, as few as is fastest. The rows of the first
    /// query keep their order.
    ///
    /// @param queries the first one is ordered by its second column and then the first one, both
    ///     descending
    List<String> queries(List<String> queries);

    /// Notifies other replicas of a change, as part of the current transaction: they receive it once it commits.
    void announce(Change change, List<String> userIds);

    /// Called after a transaction failed. It may be committed nevertheless, so its notification counts as
    /// one of another replica.
    void failed();

    /// Makes the latest commit durable. Called after each commit; returns once a loss of power cannot undo it.
    void flush();

    /// Kind of change that a transaction makes to a user's data.
    enum Change {
        /// Interactions were added or removed.
        HISTORY,
        /// All data of the user was deleted.
        ERASURE
    }

    /// Location of a database and the credentials for it.
    sealed interface Address {

        String url();

        String user();

        String password();

        /// H2 file in a directory that only this server uses.
        record Embedded(Path directory) implements Address {

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

        /// PostgreSQL database shared by all replicas.
        record Shared(String url, String user, String password) implements Address {

            private static final String SCHEME = "jdbc:postgresql:";

            /// Time between the server's statement timeout and the client's socket timeout.
            private static final Duration SOCKET_MARGIN = Duration.ofSeconds(2);

            private static final Pattern USER_INFO = Pattern.compile("//[^/?]*@");

            public Shared {
                if (USER_INFO.matcher(url).find()) {
                    throw new InteractionsStartException(
                            "spring.datasource.url contains a user before the host; set spring.datasource.username and password instead");
                }
                if (!url.startsWith(SCHEME)) {
                    throw new InteractionsStartException(
                            "spring.datasource.url does not begin with %s".formatted(SCHEME));
                }
            }

            /// Returns driver properties that limit waiting for a connection to `connect` and for a
            /// result to `statement`.
            Properties properties(Duration connect, Duration statement) {
                var properties = new Properties();
                properties.setProperty("user", user);
                properties.setProperty("password", password);
                properties.setProperty("ApplicationName", "diffmm-server");
                properties.setProperty("connectTimeout", seconds(connect));
                properties.setProperty("loginTimeout", seconds(connect));
                // Longer, so that the server cancels the statement before the client drops the connection.
                properties.setProperty("socketTimeout", seconds(statement.plus(SOCKET_MARGIN)));
                properties.setProperty("tcpKeepAlive", "true");
                return properties;
            }

            private static String seconds(Duration duration) {
                return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
            }

            /// Returns the URL without its parameters, which may contain a password.
            @Override
            public String toString() {
                return url.split("\\?", 2)[0];
            }
        }

        /// Returns the configured address: the embedded database unless a URL is given.
        static Address of(Optional<String> url, Optional<String> user, Optional<String> password, Path directory) {
            return url.<Address>map(value -> new Shared(value, user.orElse(""), password.orElse("")))
                    .orElseGet(() -> new Embedded(directory));
        }
    }
}
