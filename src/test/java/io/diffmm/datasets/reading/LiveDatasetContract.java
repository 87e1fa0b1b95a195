package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts.LiveCounts;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.datasets.reading.DatasetSource.LiveInteractions;
import io.diffmm.datasets.reading.DatasetSource.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Contract of reading a database of live interactions; subclasses choose the database.
abstract class LiveDatasetContract extends LiveMergeContract {

    @Test
    void storeAlone_isReadInTheOrderOfTime_theNewestIsValid() {
        live("u", "c", 3);
        live("w", "a", 2);
        live("u", "a", 1);
        live("u", "b", 2);
        live("u", "a", 9);

        Dataset dataset = read(LAST_OUT);

        assertThat(dataset.users().ids()).containsExactly("u", "w");
        assertThat(dataset.items().items()).extracting(Item::id).containsExactly("a", "b", "c");
        assertThat(train(dataset)).isEqualTo(Map.of("u", List.of("a", "b"), "w", List.of("a")));
        assertThat(valid(dataset)).isEqualTo(Map.of("u", List.of("c")));
        assertThat(dataset.features()).isEmpty();
        assertThat(dataset.notes().duplicates()).isEqualTo(1);
        assertThat(dataset.notes().live()).contains(new LiveCounts(5, 0, 0, 0));
    }

    @Test
    void sameMoment_usersAndItemsAreSortedById() {
        Stream.of("b", "B", "a", "_", "é", "Z", "z").forEach(id -> {
            live(id, "x", 1);
            live("all", id, 1);
        });

        Dataset dataset = read(LAST_OUT);

        assertThat(dataset.users().ids()).containsExactly("B", "Z", "_", "a", "all", "b", "z", "é");
        assertThat(train(dataset).get("all")).containsExactly("B", "Z", "_", "a", "b", "z");
        assertThat(valid(dataset)).isEqualTo(Map.of("all", List.of("é")));
    }

    @Test
    void microseconds_decideTheOrder() {
        tables.interaction("u", "late", NOON.plusNanos(2_000));
        tables.interaction("u", "early", NOON.plusNanos(1_000));
        tables.interaction("u", "long ago", Instant.parse("1969-12-31T23:59:59.999999Z"));

        assertThat(train(read(LAST_OUT)).get("u")).containsExactly("long ago", "early");
    }

    @Test
    void minWeightAndUntil_excludeInteractions() {
        tables.interaction("u", "a", NOON, 0.5, NOON);
        tables.interaction("u", "b", NOON.plusSeconds(1), 2, NOON);
        tables.interaction("u", "c", NOON.plusSeconds(2), 1, NOON);
        tables.interaction("u", "d", NOON.plusSeconds(3), 1, NOON.plusSeconds(60));
        tables.interaction("u", "e", NOON.plusSeconds(4), 1, NOON.plusSeconds(59));

        assertThat(all(read(OptionalDouble.of(1), Optional.empty()))).containsExactly("b", "c", "d", "e");
        assertThat(all(read(OptionalDouble.empty(), Optional.of(NOON.plusSeconds(60)))))
                .containsExactly("a", "b", "c", "e");
    }

    private Dataset read(OptionalDouble minWeight, Optional<Instant> until) {
        return DatasetReader.read(new DatasetSource.Live(
                new LiveInteractions(tables.address(), minWeight, until), Optional.empty(), LAST_OUT));
    }

    @Test
    void unknownItems_areDroppedAndCounted() throws IOException {
        write("items.csv", "item_id,title\nb,Bee\na,Ant\n");
        NpyFile.writeFloat16(folder.resolve("visual.npy"), new FeatureMatrix("visual", 2, 1, new float[] {1, 2}));
        live("u", "a", 1);
        live("u", "ghost", 2);
        live("lost", "ghost", 2);
        live("u", "b", 3);

        Dataset dataset = readWithFolder(LAST_OUT);

        assertThat(dataset.users().ids()).containsExactly("u");
        assertThat(dataset.items().item(0).title()).contains("Bee");
        assertThat(dataset.features()).hasSize(1);
        assertThat(all(dataset)).containsExactly("a", "b");
        assertThat(dataset.notes().live()).contains(new LiveCounts(2, 2, 0, 0));
        assertThat(dataset.notes().validUnknownItems()).isZero();
    }

    @Test
    void itemsOfFeatureRows_haveRowNumbersAsIds() throws IOException {
        write("train.csv", "user_id,item_id\nu,2\n");
        NpyFile.writeFloat16(folder.resolve("visual.npy"), new FeatureMatrix("visual", 3, 1, new float[] {1, 2, 3}));
        live("u", "0", 1);
        live("u", "3", 2);

        assertThat(all(readWithFolder(LAST_OUT))).containsExactly("2", "0");
    }

    @Test
    void removalsAndErasures_applyToFiles_notToTheStore() throws IOException {
        write("train.csv", "user_id,item_id\nu,a\nu,b\nw,a\ngone,secret\ngone,a\nback,a\nu,c\n");
        write("valid.csv", "user_id,item_id\nu,d\nu,e\ngone,b\nw,ghost\n");
        tables.removal("u", "b");
        tables.removal("u", "d");
        tables.removal("w", "never");
        tables.erasure("gone");
        tables.erasure("back");
        live("u", "d", 9);
        live("back", "e", 1);

        Dataset dataset = readWithFolder(LAST_OUT);

        assertThat(dataset.users().ids()).containsExactly("u", "w", "back");
        assertThat(dataset.items().items()).extracting(Item::id).containsExactly("a", "c", "e", "ghost", "d");
        assertThat(train(dataset))
                .isEqualTo(Map.of("u", List.of("a", "c", "e"), "w", List.of("a"), "back", List.of("e")));
        assertThat(valid(dataset)).isEqualTo(Map.of("u", List.of("d"), "w", List.of("ghost")));
        assertThat(dataset.notes().live()).contains(new LiveCounts(2, 0, 2, 4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TIMESTAMP '2026-01-31 12:00:00' + INTERVAL (i) SECOND",
                "TIMESTAMPTZ '2026-01-31 12:00:00+00' + INTERVAL (i) SECOND",
                "(TIMESTAMP '2026-01-31 12:00:00' + INTERVAL (i) SECOND)::TIMESTAMP_NS",
                "strftime(TIMESTAMP '2026-01-31 12:00:00' + INTERVAL (i) SECOND, '%Y-%m-%dT%H:%M:%SZ')",
            })
    void pointsInTimeOfParquet_compareWithLiveOnes(String timestamp) throws SQLException {
        try (Connection connection = ParquetTable.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "COPY (SELECT 'u' AS user_id, i AS item_id, %s AS timestamp FROM range(3) r(i)) TO '%s' (FORMAT parquet)"
                            .formatted(timestamp, folder.resolve("train.parquet")));
        }
        tables.interaction("u", "live", NOON.plusMillis(1_500));

        assertThat(all(readWithFolder(LAST_OUT))).containsExactly("0", "1", "live", "2");
    }

    @Test
    void userWithoutInteractionsLeft_isDropped() throws IOException {
        write("train.csv", "user_id,item_id\nu,a\nw,a\nw,b\n");
        tables.removal("u", "a");

        assertThat(readWithFolder(LAST_OUT).users().ids()).containsExactly("w");
    }

    @Test
    void emptyStore_withFiles_addsNothing() throws IOException {
        write("train.csv", "user_id,item_id,timestamp\nu,a,1\nu,b,2\nu,c,3\n");

        Dataset dataset = readWithFolder(new Split.ByTime(0.4));

        assertThat(train(dataset)).isEqualTo(Map.of("u", List.of("a", "b")));
        assertThat(valid(dataset)).isEqualTo(Map.of("u", List.of("c")));
    }

    @Test
    void unknownItemOfTheTrainFile_isRefused() throws IOException {
        write("items.csv", "item_id\na\n");
        Path file = write("train.csv", "user_id,item_id\nu,a\nu,b\n");

        assertRefused(withFolder(LAST_OUT), file + ", line 3: item_id 'b' is not in items.csv");
    }

    @Test
    void byTime_filesWithoutDates_isRefused() throws IOException {
        Path file = write("train.csv", "user_id,item_id,timestamp\nu,a,1\nu,b,2\n");
        live("u", "c", 1);

        assertRefused(withFolder(new Split.ByTime(0.1)), file + ": has no dates: its timestamps");
    }

    @Test
    void fingerprint_changesWithTrainingDataOnly() throws IOException {
        write("train.csv", "user_id,item_id\nu,a\nu,b\nw,a\n");
        live("u", "c", 1);
        live("w", "b", 1);
        String before = readWithFolder(LAST_OUT).fingerprint();

        tables.removal("w", "c");
        tables.erasure("x");
        assertThat(readWithFolder(LAST_OUT).fingerprint()).isEqualTo(before);
        tables.interaction("w", "c", NOON, 1, LiveTables.RECORDED.plusSeconds(60));
        assertThat(readWithFolder(LAST_OUT).fingerprint()).isNotEqualTo(before);
        assertThat(fingerprintUntil(LiveTables.RECORDED.plusSeconds(60))).isEqualTo(before);
        tables.removal("u", "a");
        assertThat(fingerprintUntil(LiveTables.RECORDED.plusSeconds(60))).isNotEqualTo(before);
    }

    private String fingerprintUntil(Instant until) {
        var selection = new LiveInteractions(tables.address(), OptionalDouble.empty(), Optional.of(until));
        return DatasetReader.read(new DatasetSource.Live(selection, Optional.of(folder), LAST_OUT))
                .fingerprint();
    }

    @Test
    void store_isReadInOneSnapshot() {
        live("u", "a", 1);
        try (LiveStore store = LiveStore.open(LiveInteractions.allOf(tables.address()))) {
            store.tombstones();
            live("u", "b", 2);
            List<String> items = new ArrayList<>();

            store.interactions().forEach(List.of("item_id"), values -> items.add(values[0]));

            assertThat(items).containsExactly("a");
        }
    }

    @Test
    void storeWithoutInteractions_isRefused() {
        assertRefused(alone(LAST_OUT), tables.address() + ": contains no interaction to train on");
    }

    @Test
    void storeOfUnknownItemsAlone_isRefused() throws IOException {
        write("items.csv", "item_id\na\n");
        live("u", "ghost", 1);

        assertRefused(
                withFolder(LAST_OUT),
                tables.address() + ": contains 1 interactions, all of items that are not in the catalogue");
    }

    @Test
    void emptyFolder_isRefused() {
        assertRefused(withFolder(LAST_OUT), folder + ": contains neither interactions nor items nor features");
    }

    @Test
    void badRow_isNamed() {
        live("u", " ", 1);

        assertRefused(
                alone(LAST_OUT), tables.address() + ": interaction of user_id 'u' with item_id ' ' at 2026-01-31 ");
    }

    @Test
    void databaseWithoutTables_isRefused() {
        StoreAddress address = withoutTables().address();

        assertThatThrownBy(() -> DatasetReader.read(
                        new DatasetSource.Live(LiveInteractions.allOf(address), Optional.empty(), LAST_OUT)))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith(address + ": is not a store of live interactions (")
                .hasMessageEndingWith("; start the server on it once");
    }

    @Test
    void wrongPassword_isNotShown() {
        StoreAddress address = StoreAddress.of(
                tables.url(),
                Map.of(StoreAddress.USER_VARIABLE, tables.user(), StoreAddress.PASSWORD_VARIABLE, "not-the-one"));

        assertThatThrownBy(() -> LiveStore.open(LiveInteractions.allOf(address)).close())
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith("%s: refuses the login of user '%s'".formatted(address, tables.user()))
                .hasMessageContaining("SPRING_DATASOURCE_PASSWORD")
                .hasMessageNotContaining("not-the-one");
    }
}
