package io.diffmm.datasets.reading;

import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.DatasetSource.LiveInteractions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;

/// Connection to a database of live interactions, in one read-only transaction: all queries see the state of one moment
/// while a server continues to write.
final class LiveStore implements AutoCloseable {

    private static final int FETCH_SIZE = 10_000;

    private final LiveInteractions selection;
    private final Connection connection;

    private LiveStore(LiveInteractions selection, Connection connection) {
        this.selection = selection;
        this.connection = connection;
    }

    /// Connects.
    ///
    /// @throws InvalidDatasetException if the database cannot be opened
    static LiveStore open(LiveInteractions selection) {
        try {
            Connection connection = selection.store().connect();
            try {
                connection.setReadOnly(true);
                connection.setTransactionIsolation(selection.store().snapshot());
                connection.setAutoCommit(false); // without a transaction PostgreSQL sends all rows at once
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return new LiveStore(selection, connection);
        } catch (SQLException e) {
            throw refusal(selection.store(), e);
        }
    }

    /// Returns the selected interactions, oldest first.
    Table interactions() {
        return new DatabaseTable(selection, this);
    }

    /// Reads the removed interactions and erased users.
    Tombstones tombstones() {
        Map<String, Set<String>> items = new HashMap<>();
        Set<String> erased = new HashSet<>();
        forEach(
                "select user_id, item_id from removal",
                _ -> {},
                row -> items.computeIfAbsent(row.getString(1), _ -> new HashSet<>())
                        .add(row.getString(2)));
        forEach("select user_hash from erasure", _ -> {}, row -> erased.add(row.getString(1)));
        return new Tombstones(items, erased);
    }

    /// Visits the rows of a query, which are fetched in batches.
    void forEach(String sql, Parameters parameters, RowReader reader) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_SIZE);
            parameters.set(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        } catch (SQLException e) {
            throw refusal(selection.store(), e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw refusal(selection.store(), e);
        }
    }

    /// Creates the error that names the database, the cause and the remedy.
    private static InvalidDatasetException refusal(StoreAddress store, SQLException e) {
        String reason = reason(e).replace(store.driverUrl(), store.toString());
        var refusal = store.refusal(
                switch (Failure.of(e)) {
                    case NO_TABLES ->
                        "is not a store of live interactions (%s); start the server on it once".formatted(reason);
                    case NO_DATABASE -> "there is no such database; correct the URL, or start the server on it once";
                    case LOGIN_REFUSED ->
                        "refuses the login of %s (%s); set user and password in the URL, or as %s and %s"
                                .formatted(
                                        user(store),
                                        reason,
                                        StoreAddress.USER_VARIABLE,
                                        StoreAddress.PASSWORD_VARIABLE);
                    case UNREACHABLE -> "cannot be reached: %s".formatted(reason);
                    case OTHER -> "cannot be read: %s".formatted(reason);
                });
        refusal.initCause(e);
        return refusal;
    }

    private static String user(StoreAddress store) {
        return store.credential(StoreAddress.USER).map("user '%s'"::formatted).orElse("an anonymous user");
    }

    /// Returns the driver's message without the statement, and its cause.
    private static String reason(SQLException e) {
        String text = String.valueOf(e.getMessage());
        String message = text.lines().findFirst().orElse("").replace("; SQL statement:", "");
        return Optional.ofNullable(e.getCause())
                .filter(cause -> !text.contains(String.valueOf(cause.getMessage())))
                .map(cause -> "%s (%s)".formatted(message, cause))
                .orElse(message);
    }

    /// Sets the parameters of a statement.
    @FunctionalInterface
    interface Parameters {

        void set(PreparedStatement statement) throws SQLException;
    }

    /// Reads the current row.
    @FunctionalInterface
    interface RowReader {

        void read(ResultSet row) throws SQLException;
    }

    /// Removed interactions and erased users, whose interactions in files no longer count.
    static final class Tombstones {

        private final Map<String, Set<String>> items; // by user
        private final Set<String> erased; // SHA-256 of the user ids, in hexadecimal
        private final Map<String, Boolean> erasedById = new HashMap<>(); // cache

        private Tombstones(Map<String, Set<String>> items, Set<String> erased) {
            this.items = items;
            this.erased = erased;
        }

        /// No removal and no erasure.
        static Tombstones none() {
            return new Tombstones(Map.of(), Set.of());
        }

        /// Returns whether the user has removed the interaction with the item.
        boolean removed(String userId, String itemId) {
            return items.getOrDefault(userId, Set.of()).contains(itemId);
        }

        /// Returns whether the user has been erased.
        boolean erased(String userId) {
            return !erased.isEmpty() && erasedById.computeIfAbsent(userId, id -> erased.contains(hash(id)));
        }

        private static String hash(String userId) {
            return DigestUtils.sha256Hex(userId);
        }
    }

    /// Reasons for which a database cannot be read, by the SQL states of H2 and PostgreSQL.
    private enum Failure {

        /// Database without the tables of live interactions.
        NO_TABLES,

        NO_DATABASE,

        /// Missing or wrong user or password.
        LOGIN_REFUSED,

        /// No connection, or a connection that broke.
        UNREACHABLE,

        OTHER;

        private static final Set<String> MISSING_TABLE_OR_COLUMN =
                Set.of("42P01", "42703", "42S02", "42S03", "42S04", "42S22");
        private static final Set<String> MISSING_DATABASE = Set.of("3D000", "90146", "90149");
        private static final String BROKEN_CONNECTION = "90067"; // of H2
        private static final String NO_PASSWORD_GIVEN = "08004"; // of PostgreSQL

        static Failure of(SQLException e) {
            String state = Optional.ofNullable(e.getSQLState()).orElse("");
            if (MISSING_TABLE_OR_COLUMN.contains(state)) {
                return NO_TABLES;
            }
            if (MISSING_DATABASE.contains(state)) {
                return NO_DATABASE;
            }
            if (state.startsWith("28") || state.equals(NO_PASSWORD_GIVEN)) {
                return LOGIN_REFUSED;
            }
            return state.startsWith("08") || state.equals(BROKEN_CONNECTION) ? UNREACHABLE : OTHER;
        }
    }
}
