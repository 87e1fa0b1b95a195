package io.diffmm.datasets.reading;

import io.diffmm.datasets.InvalidDatasetException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Address and credentials of a database of live interactions (H2 or PostgreSQL).
///
/// The text form contains neither settings nor secrets.
public final class StoreAddress {

    /// Environment variable of the user name; the server reads it, too.
    public static final String USER_VARIABLE = "SPRING_DATASOURCE_USERNAME";

    /// Environment variable of the password; the server reads it, too.
    public static final String PASSWORD_VARIABLE = "SPRING_DATASOURCE_PASSWORD";

    static final String USER = "user";

    private static final String PASSWORD = "password";

    private final JdbcUrl url; // without user and password
    private final Properties credentials;

    private StoreAddress(JdbcUrl url, Properties credentials) {
        this.url = url;
        this.credentials = credentials;
    }

    /// Returns whether `data` is the URL of a database and not a folder.
    public static boolean isUrl(String data) {
        return data.startsWith("jdbc:");
    }

    /// Parses a JDBC URL.
    ///
    /// An H2 database is opened with the settings of the server, unless the URL overrides them, and is never
    /// created.
    ///
    /// @param environment provides user and password if the URL does not
    /// @throws IllegalArgumentException if the URL is malformed or of another kind of database
    public static StoreAddress of(String url, Map<String, String> environment) {
        JdbcUrl parsed = JdbcUrl.parse(url);
        boolean h2 = parsed.kind() == Kind.H2;
        var credentials = new Properties();
        parsed.value(USER)
                .or(() -> variable(environment, USER_VARIABLE))
                .or(() -> h2 ? Optional.of("sa") : Optional.empty())
                .ifPresent(user -> credentials.setProperty(USER, user));
        parsed.value(PASSWORD)
                .or(() -> variable(environment, PASSWORD_VARIABLE))
                .or(() -> h2 ? Optional.of("") : Optional.empty())
                .ifPresent(password -> credentials.setProperty(PASSWORD, password));
        JdbcUrl anonymous = parsed.without(USER).without(PASSWORD);
        return new StoreAddress(h2 ? withServerSettings(anonymous) : withTimeout(anonymous), credentials);
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private static JdbcUrl withServerSettings(JdbcUrl url) {
        JdbcUrl complete = url.orElse("MODE", "PostgreSQL")
                .orElse("DATABASE_TO_LOWER", "TRUE")
                .orElse("DEFAULT_NULL_ORDERING", "HIGH")
                .orElse("IFEXISTS", "TRUE");
        return complete.isH2File() ? complete.orElse("AUTO_SERVER", "TRUE") : complete;
    }

    /// Limits the time to wait for a database that does not answer; sorting all interactions must fit into it.
    private static JdbcUrl withTimeout(JdbcUrl url) {
        return url.orElse("socketTimeout", "600").orElse("tcpKeepAlive", "true");
    }

    /// URL for the driver, with settings and without credentials.
    String driverUrl() {
        return url.text();
    }

    /// Returns `user` or `password` for the driver.
    Optional<String> credential(String name) {
        return Optional.ofNullable(credentials.getProperty(name));
    }

    /// Opens a connection, which the caller closes.
    Connection connect() throws SQLException {
        if (url.isH2File() && System.getProperty("h2.bindAddress") == null) {
            System.setProperty("h2.bindAddress", "127.0.0.1"); // accept connections of this machine only
        }
        return DriverManager.getConnection(driverUrl(), credentials);
    }

    /// Isolation level of a transaction that reads all tables as of one moment.
    int snapshot() {
        return switch (url.kind()) {
            case H2 -> Connection.TRANSACTION_SERIALIZABLE; // H2's repeatable reads hold per table only
            case POSTGRESQL -> Connection.TRANSACTION_REPEATABLE_READ;
        };
    }

    /// Returns an SQL expression that sorts ids by code points, independent of the database's language.
    String order(String column) {
        return switch (url.kind()) {
            case H2 -> column;
            case POSTGRESQL -> column + " collate \"C\"";
        };
    }

    /// Creates the error that rejects the database.
    InvalidDatasetException refusal(String cause) {
        return InvalidDatasetException.ofSource(toString(), cause);
    }

    @Override
    public String toString() {
        return url.base();
    }

    /// Kinds of databases that can contain live interactions.
    private enum Kind {
        H2("jdbc:h2:", ";", "(?<!\\\\);"),
        POSTGRESQL("jdbc:postgresql:", "?", "&");

        private final String scheme;
        private final String begin; // of the settings
        private final Pattern separator;

        Kind(String scheme, String begin, String separator) {
            this.scheme = scheme;
            this.begin = begin;
            this.separator = Pattern.compile(separator);
        }
    }

    /// Parts of a JDBC URL: `base;NAME=VALUE;...` for H2, `base?name=value&...` for PostgreSQL.
    ///
    /// @param base part before the settings, without secrets
    /// @param settings encoded settings, as in the URL
    private record JdbcUrl(Kind kind, String base, List<String> settings) {

        private static final Pattern H2_WITHOUT_FILE = Pattern.compile("jdbc:h2:(mem|tcp|ssl|zip):.*");
        private static final Pattern USER_INFO = Pattern.compile("//.*@");

        JdbcUrl {
            settings = List.copyOf(settings);
        }

        /// Parses a URL.
        ///
        /// @throws IllegalArgumentException if it is of another kind of database, or has a user in front of the
        ///     host, which drivers ignore
        static JdbcUrl parse(String url) {
            Kind kind = Stream.of(Kind.values())
                    .filter(one -> url.startsWith(one.scheme))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "%s is not a URL of H2 or PostgreSQL; use a URL that begins with jdbc:h2: or jdbc:postgresql:"
                                    .formatted(withoutUser(url.split("[?;]", 2)[0]))));
            int end = url.indexOf(kind.begin);
            String base = end < 0 ? url : url.substring(0, end);
            if (kind == Kind.POSTGRESQL && USER_INFO.matcher(base).find()) {
                throw new IllegalArgumentException(
                        "%s has a user in front of the host; append ?user=...&password=... instead"
                                .formatted(withoutUser(base)));
            }
            return new JdbcUrl(kind, base, end < 0 ? List.of() : settings(kind, url.substring(end + 1)));
        }

        private static List<String> settings(Kind kind, String text) {
            return kind.separator
                    .splitAsStream(text)
                    .filter(setting -> !setting.isBlank())
                    .toList();
        }

        private static String withoutUser(String base) {
            return USER_INFO.matcher(base).replaceFirst("//");
        }

        /// Returns whether the database is a file of H2, which a running server may have opened.
        boolean isH2File() {
            return kind == Kind.H2 && !H2_WITHOUT_FILE.matcher(base).matches();
        }

        /// Returns the decoded value of a setting.
        Optional<String> value(String name) {
            return settings.stream()
                    .filter(setting -> isNamed(setting, name))
                    .map(setting -> decoded(setting.substring(setting.indexOf('=') + 1)))
                    .findFirst();
        }

        private String decoded(String value) {
            return switch (kind) {
                case H2 -> value.replaceAll("\\\\(.)", "$1");
                case POSTGRESQL -> percentDecoded(value);
            };
        }

        private String percentDecoded(String value) {
            try {
                return URLDecoder.decode(value, StandardCharsets.UTF_8);
            } catch (IllegalArgumentException _) { // its message quotes the value, which may be a secret
                throw new IllegalArgumentException(
                        "%s has a percent sign that is not part of an escape sequence in user or password; write it as %%25"
                                .formatted(base));
            }
        }

        private static boolean isNamed(String setting, String name) {
            return setting.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + '=');
        }

        /// Returns the URL without a setting.
        JdbcUrl without(String name) {
            return new JdbcUrl(
                    kind,
                    base,
                    settings.stream().filter(setting -> !isNamed(setting, name)).toList());
        }

        /// Returns the URL with a setting, unless it has one of that name.
        JdbcUrl orElse(String name, String value) {
            if (value(name).isPresent()) {
                return this;
            }
            return new JdbcUrl(
                    kind,
                    base,
                    Stream.concat(settings.stream(), Stream.of(name + '=' + value))
                            .toList());
        }

        /// Complete URL.
        String text() {
            String separator = kind == Kind.H2 ? ";" : "&";
            return settings.isEmpty() ? base : base + kind.begin + String.join(separator, settings);
        }
    }
}
