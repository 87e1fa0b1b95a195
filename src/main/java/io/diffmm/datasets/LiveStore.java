package io.diffmm.datasets;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// A store of live interactions, open for reading in one transaction: as it stood at one moment, while
/// a server goes on to write to it.
final class LiveStore implements AutoCloseable {

    private static final int FETCH_SIZE = 10_000;

    private final LiveInteractions wanted;
    private final Connection connection;

    private LiveStore(LiveInteractions wanted, Connection connection) {
        this.wanted = wanted;
        this.connection = connection;
    }

    /// Connects.
    ///
    /// @throws InvalidDatasetException if that does not succeed
    static LiveStore open(LiveInteractions wanted) {
        try {
            Connection connection = wanted.store().connect();
            try {
                connection.setReadOnly(true);
                connection.setTransactionIsolation(wanted.store().snapshot());
                connection.setAutoCommit(false); // without a transaction PostgreSQL sends all rows at once
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            return new LiveStore(wanted, connection);
        } catch (SQLException e) {
            throw wanted.store().refusal(e);
        }
    }

    /// The interactions that are wanted, in the order of time.
    Table interactions() {
        return new DatabaseTable(wanted, this);
    }

    /// What does not count any more in files.
    TakenBack takenBack() {
        Map<String, Set<String>> items = new HashMap<>();
        Set<String> erased = new HashSet<>();
        forEach(
                "select user_id, item_id from removal",
                _ -> {},
                row -> items.computeIfAbsent(row.getString(1), _ -> new HashSet<>())
                        .add(row.getString(2)));
        forEach("select user_hash from erasure", _ -> {}, row -> erased.add(row.getString(1)));
        return new TakenBack(items, erased);
    }

    /// Visits the rows of a query, which come in portions.
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
            throw wanted.store().refusal(e);
        }
    }

    /// Sets the parameters of a statement.
    @FunctionalInterface
    interface Parameters {

        void set(PreparedStatement statement) throws SQLException;
    }

    /// Takes the row at hand.
    @FunctionalInterface
    interface RowReader {

        void read(ResultSet row) throws SQLException;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw wanted.store().refusal(e);
        }
    }
}
