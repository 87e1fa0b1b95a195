package io.diffmm.datasets;

import io.diffmm.datasets.Table.RowVisitor;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A Parquet file. Whole numbers become decimal text, points in time ticks since 1970.
final class ParquetTable implements FileTable {

    private static final Pattern TEXT = Pattern.compile("VARCHAR|ENUM.*|UUID|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER");
    private static final Pattern NUMBER = Pattern.compile("FLOAT|DOUBLE|DECIMAL.*");
    private static final Pattern NANOSECONDS = Pattern.compile("TIMESTAMP_NS");
    private static final Pattern TIME = Pattern.compile("TIMESTAMP.*|DATE");
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final Path file;
    private final Map<String, String> types;

    private ParquetTable(Path file, Map<String, String> types) {
        this.file = file;
        this.types = types;
    }

    static ParquetTable open(Path file) {
        try (Connection connection = DuckDb.connect();
                PreparedStatement statement =
                        DuckDb.prepare(connection, "SELECT * FROM read_parquet(?) LIMIT 0", file);
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
            return new TimestampParser();
        }
        return new TickTimestamps(NANOSECONDS.matcher(type).matches() ? NANOS_PER_SECOND : MICROS_PER_SECOND);
    }

    @Override
    public void forEach(List<String> wanted, RowVisitor visitor) {
        List<String> values = wanted.stream().map(this::asText).toList();
        DuckDb.forEach(this, values, "read_parquet(?)", visitor);
    }

    @Override
    public InvalidDatasetException refusal(String cause) {
        return InvalidDatasetException.of(file, cause);
    }

    @Override
    public InvalidDatasetException refusal(long row, String cause) {
        return InvalidDatasetException.atRow(file, row + 1, cause);
    }

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
}
