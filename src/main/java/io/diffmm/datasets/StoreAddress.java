package io.diffmm.datasets;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// Where a store of live interactions is, and as whom it is read. Its text has neither settings nor
/// secrets.
public final class StoreAddress {

    /// The variable that the server takes its user from, too.
    public static final String USER_VARIABLE = "SPRING_DATASOURCE_USERNAME";

    /// The variable that the server takes its password from, too.
    public static final String PASSWORD_VARIABLE = "SPRING_DATASOURCE_PASSWORD";

    private static final String USER = "user";
    private static final String PASSWORD = "password";

    private final StoreUrl url; // without user and password
    private final Properties credentials;

    private StoreAddress(StoreUrl url, Properties credentials) {
        this.url = url;
        this.credentials = credentials;
    }

    /// Whether `data` names a database, not a folder.
    public static boolean isUrl(String data) {
        return data.startsWith("jdbc:");
    }

    /// The store at a JDBC URL of H2 or PostgreSQL. An H2 database is opened as the server opens its
    /// own, unless the URL says otherwise, and never made.
    ///
    /// @param environment has user and password where the URL does not
    /// @throws IllegalArgumentException if the URL is of another database
    public static StoreAddress of(String url, Map<String, String> environment) {
        StoreUrl given = StoreUrl.parse(url);
        boolean h2 = given.kind() == StoreUrl.Kind.H2;
        var credentials = new Properties();
        given.value(USER)
                .or(() -> variable(environment, USER_VARIABLE))
                .or(() -> h2 ? Optional.of("sa") : Optional.empty())
                .ifPresent(user -> credentials.setProperty(USER, user));
        given.value(PASSWORD)
                .or(() -> variable(environment, PASSWORD_VARIABLE))
                .or(() -> h2 ? Optional.of("") : Optional.empty())
                .ifPresent(password -> credentials.setProperty(PASSWORD, password));
        StoreUrl anonymous = given.without(USER).without(PASSWORD);
        return new StoreAddress(h2 ? asServer(anonymous) : withTimeout(anonymous), credentials);
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private static StoreUrl asServer(StoreUrl url) {
        StoreUrl complete = url.orElse("MODE", "PostgreSQL")
                .orElse("DATABASE_TO_LOWER", "TRUE")
                .orElse("DEFAULT_NULL_ORDERING", "HIGH")
                .orElse("IFEXISTS", "TRUE");
        return complete.isH2File() ? complete.orElse("AUTO_SERVER", "TRUE") : complete;
    }

    /// A database that has gone is waited for no longer than it may take to sort everything.
    private static StoreUrl withTimeout(StoreUrl url) {
        return url.orElse("socketTimeout", "600").orElse("tcpKeepAlive", "true");
    }

    /// What the driver is given as the URL.
    String driverUrl() {
        return url.text();
    }

    /// What the driver is given as `user` or `password`.
    Optional<String> credential(String name) {
        return Optional.ofNullable(credentials.getProperty(name));
    }

    /// Opens a connection, which is the caller's to close.
    Connection connect() throws SQLException {
        if (url.isH2File() && System.getProperty("h2.bindAddress") == null) {
            System.setProperty("h2.bindAddress", "127.0.0.1"); // who joins comes over a socket: not from elsewhere
        }
        return DriverManager.getConnection(driverUrl(), credentials);
    }

    /// The isolation of a transaction that sees all tables as they stood at one moment.
    int snapshot() {
        return switch (url.kind()) {
            case H2 -> Connection.TRANSACTION_SERIALIZABLE; // repeatable reads are so table by table
            case POSTGRESQL -> Connection.TRANSACTION_REPEATABLE_READ;
        };
    }

    /// Sorts by an id as bytes or characters, whatever language the database is set up for.
    String order(String column) {
        return switch (url.kind()) {
            case H2 -> column;
            case POSTGRESQL -> column + " collate \"C\"";
        };
    }

    /// The error that names this store, what went wrong and what to do about it.
    InvalidDatasetException refusal(SQLException e) {
        String reason = reason(e).replace(driverUrl(), toString());
        var refusal = InvalidDatasetException.of(
                this,
                switch (StoreFailure.of(e)) {
                    case NO_STORE ->
                        "is not a store of live interactions (%s); start the server on it once".formatted(reason);
                    case NO_DATABASE -> "there is no such database; correct the URL, or start the server on it once";
                    case NOT_LET_IN ->
                        "does not let %s in (%s); give user and password in the URL, or as %s and %s"
                                .formatted(reader(), reason, USER_VARIABLE, PASSWORD_VARIABLE);
                    case AWAY -> "cannot be reached: %s".formatted(reason);
                    case OTHER -> "cannot be read: %s".formatted(reason);
                });
        refusal.initCause(e);
        return refusal;
    }

    private String reader() {
        return credential(USER).map("user '%s'"::formatted).orElse("a reader without a name");
    }

    /// What the driver says, without the statement, and why.
    private static String reason(SQLException e) {
        String text = String.valueOf(e.getMessage());
        String said = text.lines().findFirst().orElse("").replace("; SQL statement:", "");
        return Optional.ofNullable(e.getCause())
                .filter(cause -> !text.contains(String.valueOf(cause.getMessage())))
                .map(cause -> "%s (%s)".formatted(said, cause))
                .orElse(said);
    }

    @Override
    public String toString() {
        return url.base();
    }
}
