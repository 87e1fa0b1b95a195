package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.DatasetSource.LiveInteractions;
import io.diffmm.datasets.reading.DatasetSource.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Database of live interactions and folder of files for tests.
abstract class LiveDatasetFixture {

    static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    static final Split LAST_OUT = new Split.LeaveLastOut();

    @TempDir
    Path folder;

    LiveTables tables = new LiveTables("", "", "");

    /// Returns a database with the tables that only this test writes to.
    abstract LiveTables tables();

    /// Returns a database without the tables.
    abstract LiveTables withoutTables();

    @BeforeEach
    void clear() {
        tables = tables();
        tables.clear();
    }

    void live(String userId, String itemId, int time) {
        tables.interaction(userId, itemId, at(time));
    }

    static Instant at(int time) {
        return NOON.plusSeconds(time);
    }

    Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /// Reads the store alone.
    Dataset read(Split split) {
        return DatasetReader.read(alone(split));
    }

    /// Reads the store and the folder.
    Dataset readWithFolder(Split split) {
        return DatasetReader.read(withFolder(split));
    }

    DatasetSource alone(Split split) {
        return new DatasetSource.Live(LiveInteractions.allOf(tables.address()), Optional.empty(), split);
    }

    DatasetSource withFolder(Split split) {
        return new DatasetSource.Live(LiveInteractions.allOf(tables.address()), Optional.of(folder), split);
    }

    static void assertRefused(DatasetSource source, String message) {
        assertThatThrownBy(() -> DatasetReader.read(source))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith(message);
    }

    static Map<String, List<String>> train(Dataset dataset) {
        Map<String, List<String>> byUser = new TreeMap<>();
        for (int row = 0; row < dataset.users().size(); row++) {
            byUser.put(dataset.users().id(row), ids(dataset, dataset.train().row(row)));
        }
        return byUser;
    }

    static Map<String, List<String>> valid(Dataset dataset) {
        Map<String, List<String>> byUser = new TreeMap<>();
        dataset.valid().orElseThrow().users().forEach(user -> byUser.put(user.id(), ids(dataset, user.items())));
        return byUser;
    }

    /// Returns each user's items of train, then of valid.
    static Map<String, List<String>> together(Dataset dataset) {
        Map<String, List<String>> both = new TreeMap<>();
        Stream.of(train(dataset), valid(dataset))
                .forEach(half -> half.forEach((user, items) ->
                        both.computeIfAbsent(user, _ -> new ArrayList<>()).addAll(items)));
        return both;
    }

    /// Returns the items of the only user.
    static List<String> all(Dataset dataset) {
        return together(dataset).values().stream().flatMap(List::stream).toList();
    }

    static List<String> ids(Dataset dataset, int[] items) {
        return Arrays.stream(items)
                .mapToObj(item -> dataset.items().item(item).id())
                .toList();
    }
}
