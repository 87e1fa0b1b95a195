package io.diffmm.datasets.reading;

import static java.util.stream.Collectors.joining;

import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.Table.FileTable;
import io.diffmm.datasets.reading.Table.RowRefusal;
import io.diffmm.datasets.reading.Table.RowVisitor;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/// Parquet file, read by DuckDB in one pass; errors name the row.
///
/// Ids may be text, whole numbers, enumerations or UUIDs; whole numbers become decimal text. A timestamp may also be
/// any number, or a date or point in time, which becomes ticks since 1970: nanoseconds or microseconds.
///
/// DuckDB runs in memory, for the duration of one query, and neither loads extensions nor writes temporary files.
final class ParquetTable implements FileTable {

    private static final Pattern TEXT = Pattern.compile("VARCHAR|ENUM.*|UUID|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER");
    private static final Pattern NUMBER = Pattern.compile("FLOAT|DOUBLE|DECIMAL.*");
    private static final Pattern NANOSECONDS = Pattern.compile("TIMESTAMP_NS");
    private static final Pattern TIME = Pattern.compile("TIMESTAMP.*|DATE");
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final Path file;
    private final Map<String, String> types; // DuckDB's types by name of the column

    private ParquetTable(Path file, Map<String, String> types) {
        this.file = file;
        this.types = types;
    }

    /// Reads names and types of the columns.
    ///
    /// @throws InvalidDatasetException if the file is not a Parquet file
    static ParquetTable open(Path file) {
        try (Connection connection = connect();
                PreparedStatement statement = prepare(connection, "SELECT * FROM read_parquet(?) LIMIT 0", file);
                ResultSet none = statement.executeQuery()) {
            ResultSetMetaData columns = none.getMetaData();
            Map<String, String> types = new LinkedHashMap<>();
            for (int column = 1; column <= columns.getColumnCount(); column++) {
                types.put(columns.getColumnName(column), columns.getColumnTypeName(column));
            }
            return new ParquetTable(file, types);
        } catch (SQLException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    /// Opens a database in memory.
    static Connection connect() throws SQLException {
        var properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("temp_directory", "");
        return DriverManager.getConnection("jdbc:duckdb:", properties);
    }

    private static PreparedStatement prepare(Connection connection, String sql, Path file) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setString(1, file.toAbsolutePath().toString());
        return statement;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public List<String> columns() {
        return new ArrayList<>(types.keySet());
    }

    @Override
    public Timestamps timestamps() {
        String type = types.getOrDefault(InteractionRows.TIMESTAMP, "none");
        if (!TIME.matcher(type).matches()) {
            return new Timestamps.Text();
        }
        return new Timestamps.Ticks(NANOSECONDS.matcher(type).matches() ? NANOS_PER_SECOND : MICROS_PER_SECOND);
    }

    @Override
    public void forEach(List<String> selected, RowVisitor visitor) {
        List<String> values = selected.stream().map(this::asText).toList();
        String sql = "SELECT %s FROM read_parquet(?)".formatted(PackedRow.expression(values));
        String[] row = new String[values.size()];
        long count = 0;
        try (Connection connection = connect();
                PreparedStatement statement = prepare(connection, sql, file);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                count++;
                PackedRow.unpack(rows.getString(1), row);
                visitor.visit(row);
            }
        } catch (RowRefusal e) {
            throw InvalidDatasetException.atRow(file, count, String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    @Override
    public InvalidDatasetException refusal(String cause) {
        return InvalidDatasetException.of(file, cause);
    }

    /// Returns the SQL expression that converts a column to text.
    private String asText(String column) {
        String type = types.getOrDefault(column, "none");
        String name = '"' + column.replace("\"", "\"\"") + '"';
        if (TEXT.matcher(type).matches()) {
            return "CAST(%s AS VARCHAR)".formatted(name);
        }
        if (column.equals(InteractionRows.TIMESTAMP)) {
            if (NUMBER.matcher(type).matches()) {
                return "CAST(%s AS VARCHAR)".formatted(name);
            }
            if (TIME.matcher(type).matches()) {
                String unit = NANOSECONDS.matcher(type).matches() ? "epoch_ns" : "epoch_us";
                return "CAST(%s(%s) AS VARCHAR)".formatted(unit, name);
            }
        }
        throw InvalidDatasetException.of(
                file,
                "column %s is of type %s; ids are text or whole numbers, a timestamp may be any number or point in time"
                        .formatted(column, type));
    }

    /// One row of a query as a single text: the lengths of its values in code points, each followed by a colon, then
    /// the values.
    ///
    /// Every text that crosses from DuckDB to Java costs about a microsecond, whatever its length.
    private static final class PackedRow {

        /// Returns the SQL expression that packs the values of text `expressions`; null becomes empty text.
        static String expression(List<String> expressions) {
            String lengths = expressions.stream()
                    .map("length(coalesce(%s, '')) || ':'"::formatted)
                    .collect(joining(" || "));
            String values =
                    expressions.stream().map("coalesce(%s, '')"::formatted).collect(joining(" || "));
            return lengths + " || " + values;
        }

        /// Unpacks `values.length` values.
        static void unpack(String packed, String[] values) {
            int begin = 0;
            for (int colons = 0; colons < values.length; begin++) {
                colons += packed.charAt(begin) == ':' ? 1 : 0;
            }
            int length = 0;
            for (int at = 0, value = 0; value < values.length; at++) {
                char c = packed.charAt(at);
                if (c == ':') {
                    int end = packed.offsetByCodePoints(begin, length);
                    values[value++] = packed.substring(begin, end);
                    begin = end;
                    length = 0;
                } else {
                    length = 10 * length + Character.digit(c, 10);
                }
            }
        }
    }
}
