package io.diffmm.datasets;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

/// Queries over one file, in a database in memory that lives for the query and neither loads extensions nor spills.
final class DuckDb {

    private DuckDb() {}

    /// Visits the rows of a table's file.
    ///
    /// @param values expressions that give text
    /// @param from where from; its only parameter is the file's path
    /// @return how many rows there were
    static long forEach(FileTable table, List<String> values, String from, Table.RowVisitor visitor) {
        String sql = "SELECT %s FROM %s".formatted(PackedRow.expression(values), from);
        String[] row = new String[values.size()];
        long count = 0;
        try (Connection connection = connect();
                PreparedStatement statement = prepare(connection, sql, table.file());
                ResultSet rows = statement.executeQuery()) {
            for (; rows.next(); count++) {
                PackedRow.unpack(rows.getString(1), row);
                visitor.visit(row);
            }
            return count;
        } catch (RowRefusal e) {
            throw table.refusal(count, String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            throw InputFiles.unreadable(table.file(), e);
        }
    }

    static Connection connect() throws SQLException {
        var properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("temp_directory", "");
        return DriverManager.getConnection("jdbc:duckdb:", properties);
    }

    static PreparedStatement prepare(Connection connection, String sql, Path file) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setString(1, file.toAbsolutePath().toString());
        return statement;
    }
}
