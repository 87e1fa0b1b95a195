package io.diffmm.datasets.reading;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;

/// Database with the tables of a server, for tests.
///
/// @param url URL as in the settings of a server
public record LiveTables(String url, String user, String password) {

    /// Default time of recording.
    public static final Instant RECORDED = Instant.parse("2026-02-01T00:00:00Z");

    /// Creates the tables.
    public LiveTables migrated() {
        Flyway.configure()
                .dataSource(url, user, password)
                .locations("classpath:db/migration")
                .load()
                .migrate();
        return this;
    }

    /// Address for training.
    public StoreAddress address() {
        return StoreAddress.of(url, environment());
    }

    Map<String, String> environment() {
        return Map.of(StoreAddress.USER_VARIABLE, user, StoreAddress.PASSWORD_VARIABLE, password);
    }

    /// Opens a connection, which keeps the database open.
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, user, password);
    }

    public void clear() {
        execute("delete from interaction; delete from removal; delete from erasure");
    }

    public void interaction(String userId, String itemId, Instant occurredAt) {
        interaction(userId, itemId, occurredAt, 1, RECORDED);
    }

    public void interaction(String userId, String itemId, Instant occurredAt, double weight, Instant recordedAt) {
        interactions(List.<Object[]>of(row(userId, itemId, occurredAt, weight, recordedAt)));
    }

    /// Adds many interactions at once.
    public void interactions(List<Object[]> rows) {
        execute(
                "insert into interaction (user_id, item_id, occurred_at, weight, recorded_at) values (?, ?, ?, ?, ?)",
                rows);
    }

    /// Creates a row for [#interactions].
    public static Object[] row(String userId, String itemId, Instant occurredAt) {
        return row(userId, itemId, occurredAt, 1, RECORDED);
    }

    private static Object[] row(String userId, String itemId, Instant occurredAt, double weight, Instant recordedAt) {
        return new Object[] {
            userId, itemId, occurredAt.atOffset(ZoneOffset.UTC), weight, recordedAt.atOffset(ZoneOffset.UTC)
        };
    }

    void removal(String userId, String itemId) {
        execute("insert into removal (user_id, item_id) values (?, ?)", userId, itemId);
    }

    void erasure(String userId) {
        execute("insert into erasure (user_hash) values (?)", hash(userId));
    }

    private static String hash(String userId) {
        try {
            byte[] bytes = userId.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    void execute(String sql, Object... values) {
        execute(sql, List.<Object[]>of(values));
    }

    private void execute(String sql, List<Object[]> rows) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Object[] values : rows) {
                for (int at = 0; at < values.length; at++) {
                    statement.setObject(at + 1, values[at]);
                }
                statement.execute();
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
