package io.diffmm.datasets.reading;

import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.DatasetSource.LiveInteractions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/// Selected live interactions of a database, oldest first; those of equal time are sorted by user and item id.
///
/// Times are delivered as microseconds since 1970.
final class DatabaseTable implements Table {

    private static final List<String> COLUMNS =
            List.of(InteractionRows.USER_ID, InteractionRows.ITEM_ID, InteractionRows.TIMESTAMP);
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z"); // H2 and PostgreSQL support it

    private final LiveInteractions selection;
    private final LiveStore store;

    DatabaseTable(LiveInteractions selection, LiveStore store) {
        this.selection = selection;
        this.store = store;
    }

    @Override
    public List<String> columns() {
        return COLUMNS;
    }

    @Override
    public Timestamps timestamps() {
        return new Timestamps.Ticks(MICROS_PER_SECOND);
    }

    @Override
    public void forEach(List<String> columns, RowVisitor visitor) {
        List<Value> readers = columns.stream().map(DatabaseTable::reader).toList();
        String[] values = new String[columns.size()];
        store.forEach(query(), this::setBounds, row -> {
            try {
                for (int at = 0; at < values.length; at++) {
                    values[at] = readers.get(at).of(row);
                }
                visitor.visit(values);
            } catch (RowRefusal e) {
                throw refusal("interaction of user_id '%s' with item_id '%s' at %s: %s"
                        .formatted(row.getString(1), row.getString(2), row.getString(3), e.getMessage()));
            }
        });
    }

    private String query() {
        return """
                select user_id, item_id, occurred_at from interaction
                where weight >= ? and recorded_at < ?
                order by occurred_at, %s, %s
                """.formatted(
                        selection.store().order("user_id"), selection.store().order("item_id"));
    }

    private void setBounds(PreparedStatement statement) throws SQLException {
        statement.setDouble(1, selection.minWeight().orElse(Double.NEGATIVE_INFINITY));
        statement.setObject(2, selection.until().orElse(LATEST).atOffset(ZoneOffset.UTC));
    }

    /// Conversion of one value of a row to text.
    private interface Value {

        String of(ResultSet row) throws SQLException;
    }

    private static Value reader(String column) {
        int at = COLUMNS.indexOf(column) + 1;
        return column.equals(InteractionRows.TIMESTAMP)
                ? row -> ticks(row.getObject(at, OffsetDateTime.class))
                : row -> row.getString(at);
    }

    private static String ticks(OffsetDateTime time) {
        try {
            long micros = Math.multiplyExact(time.toEpochSecond(), MICROS_PER_SECOND);
            return Long.toString(Math.addExact(micros, time.getNano() / NANOS_PER_MICRO));
        } catch (ArithmeticException _) {
            throw new RowRefusal("occurred_at is out of range");
        }
    }

    @Override
    public InvalidDatasetException refusal(String cause) {
        return selection.store().refusal(cause);
    }
}
