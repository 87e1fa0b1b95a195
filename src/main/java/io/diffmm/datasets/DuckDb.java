package io.diffmm.datasets;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;

/// Queries over one file, in a database in memory that lives for the query and neither loads extensions nor spills.
final class DuckDb {

    private DuckDb() {}

    /// Visits the rows of a query over a table's file; the query's only parameter is the file's path.
    ///
    /// @return how many rows there were
    static long forEach(Table table, String sql, int columns, Table.RowVisitor visitor) {
        String[] values = new String[columns];
        long row = 0;
        try (Connection connection = connect();
                PreparedStatement statement = prepare(connection, sql, table.file());
                ResultSet rows = statement.executeQuery()) {
            for (; rows.next(); row++) {
                fill(values, rows);
                visitor.visit(values);
            }
            return row;
        } catch (RowRefusal e) {
            throw table.refusal(row, String.valueOf(e.getMessage()));
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

    private static void fill(String[] values, ResultSet rows) throws SQLException {
        for (int column = 0; column < values.length; column++) {
            String value = rows.getString(column + 1);
            values[column] = value == null ? "" : value;
        }
    }
}
