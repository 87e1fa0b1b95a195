package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.ItemCatalogue.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetTableTest {

    @TempDir
    Path directory;

    @Test
    void read_textAndWholeNumbers_areIds() throws SQLException {
        write("train", "SELECT * FROM (VALUES ('u', 7, 1), ('w', 5, 2), ('u', 5, 3)) t(user_id, item_id, more)");
        write("valid", "SELECT 'w' AS user_id, 7::UTINYINT AS item_id");

        Dataset dataset = DatasetReader.read(directory);

        assertThat(dataset.users().ids()).containsExactly("u", "w");
        assertThat(dataset.items().items()).containsExactly(Item.of("7"), Item.of("5"));
        assertThat(dataset.train().row(0)).containsExactly(0, 1);
        assertThat(dataset.valid().orElseThrow().interactions()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TIMESTAMP '2024-01-01' + INTERVAL (10 - i) SECOND",
                "TIMESTAMPTZ '2024-01-01 00:00:00+02' + INTERVAL (10 - i) SECOND",
                "(TIMESTAMP '2024-01-01' + INTERVAL (10 - i) SECOND)::TIMESTAMP_NS",
                "DATE '2024-01-01' + (10 - i)::INTEGER",
                "10 - i",
                "(10 - i) / 4.0",
                "((10 - i) * 1e-3)::DOUBLE",
                "((10 - i) * 0.25)::DECIMAL(9, 2)",
                "strftime(TIMESTAMP '2024-01-01' + INTERVAL (10 - i) SECOND, '%Y-%m-%dT%H:%M:%SZ')",
            })
    void read_everyTypeOfTimestamp_ordersTheRow(String timestamp) throws SQLException {
        write("train", "SELECT 'u' AS user_id, i AS item_id, %s AS timestamp FROM range(5) r(i)".formatted(timestamp));

        // items 0 to 4 by appearance, the last one the oldest
        assertThat(DatasetReader.read(directory).train().row(0)).containsExactly(4, 3, 2, 1, 0);
    }

    @Test
    void read_manyRows_keepTheirOrder() throws SQLException {
        write("train", "SELECT 'u' AS user_id, i AS item_id FROM range(500000) r(i)");

        Dataset dataset = DatasetReader.read(directory);

        assertThat(dataset.items().item(499_999).id()).isEqualTo("499999");
        assertThat(dataset.train().row(0)).isSorted();
    }

    @Test
    void read_nullId_namesTheRow() throws SQLException {
        Path file = write("train", "SELECT * FROM (VALUES ('u', 'a'), ('u', NULL)) t(user_id, item_id)");

        assertThatThrownBy(() -> DatasetReader.read(directory))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessage(file + ", row 2: item_id is empty; every row needs one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5::DOUBLE", "[1]", "true", "'x'::BLOB"})
    void read_idOfOtherType_isRefused(String id) throws SQLException {
        Path file = write("train", "SELECT 'u' AS user_id, %s AS item_id".formatted(id));

        assertThatThrownBy(() -> DatasetReader.read(directory))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith(file + ": column item_id is of type ")
                .hasMessageContaining("ids are text or whole numbers");
    }

    @Test
    void read_missingColumn_isRefused() throws SQLException {
        Path file = write("train", "SELECT 'u' AS user_id, 'a' AS item");

        assertThatThrownBy(() -> DatasetReader.read(directory))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith(file + ": the header has no column item_id");
    }

    @Test
    void read_notParquet_isRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("train.parquet"), "user_id,item_id\n".repeat(100));

        assertThatThrownBy(() -> DatasetReader.read(directory))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith(file + ": cannot be read: ");
    }

    private Path write(String name, String query) throws SQLException {
        Path file = directory.resolve(name + ".parquet");
        try (Connection connection = ParquetTable.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (%s) TO '%s' (FORMAT parquet)".formatted(query, file));
        }
        return file;
    }
}
