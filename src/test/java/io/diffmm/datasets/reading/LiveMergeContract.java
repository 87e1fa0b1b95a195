package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.reading.DatasetSource.Split;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares the merge of random live interactions and random files with maps and sorts.
abstract class LiveMergeContract extends LiveDatasetFixture {

    /// Timestamps of the files.
    enum FileTimes {
        DATES,
        NUMBERS,
        NONE;

        String header() {
            return this == NONE ? "user_id,item_id\n" : "user_id,item_id,timestamp\n";
        }

        String row(Row row) {
            String ids = row.user() + "," + row.item();
            return switch (this) {
                case DATES -> "%s,%s\n".formatted(ids, at(row.time()));
                case NUMBERS -> "%s,%d\n".formatted(ids, row.time());
                case NONE -> ids + "\n";
            };
        }
    }

    private static final Set<List<String>> REMOVED = Set.of(List.of("u1", "i1"), List.of("u2", "i3"));
    private static final String ERASED = "u3";

    record Row(String user, String item, int time) {}

    @ParameterizedTest
    @EnumSource
    void anyStoreOnAnyFiles_isMergedLikeASortOfAll(FileTimes times) throws IOException {
        for (long seed = 0; seed < 12; seed++) {
            var random = new SplittableRandom(seed);
            List<Row> train = rows(random, seed);
            List<Row> valid = rows(random, seed / 2);
            Set<Row> live = new LinkedHashSet<>(rows(random, seed));
            fill(times, train, valid, live);

            Dataset dataset = readWithFolder(LAST_OUT);

            Map<String, List<String>> expected = expected(times, Stream.of(counting(train), counting(valid)), live);
            assertThat(together(dataset)).as("seed %d", seed).isEqualTo(expected);
            expected.values().removeIf(items -> items.size() == 1);
            expected.replaceAll((_, items) -> List.of(items.getLast()));
            assertThat(valid(dataset)).as("seed %d", seed).isEqualTo(expected);
            assertThat(readWithFolder(LAST_OUT).fingerprint()).isEqualTo(dataset.fingerprint());
        }
    }

    private void fill(FileTimes times, List<Row> train, List<Row> valid, Set<Row> live) throws IOException {
        writeRows("train.csv", times, train);
        writeRows("valid.csv", times, valid);
        tables.clear();
        collect(live);
        REMOVED.forEach(pair -> tables.removal(pair.getFirst(), pair.getLast()));
        tables.erasure(ERASED);
    }

    private void collect(Set<Row> live) {
        tables.interactions(live.stream()
                .map(row -> LiveTables.row(row.user(), row.item(), at(row.time())))
                .toList());
    }

    private static List<Row> counting(List<Row> file) {
        return file.stream()
                .filter(row -> !row.user().equals(ERASED) && !REMOVED.contains(List.of(row.user(), row.item())))
                .toList();
    }

    private static List<Row> rows(SplittableRandom random, long max) {
        return IntStream.rangeClosed(0, (int) max)
                .mapToObj(_ -> new Row("u" + random.nextInt(5), "i" + random.nextInt(8), random.nextInt(20)))
                .toList();
    }

    private static Map<String, List<String>> expected(FileTimes times, Stream<List<Row>> files, Set<Row> live) {
        List<Row> all = new ArrayList<>();
        files.forEach(file -> all.addAll(times == FileTimes.NONE ? file : byTime(file)));
        all.addAll(byTime(live.stream()
                .sorted(Comparator.comparing(Row::user).thenComparing(Row::item))
                .toList()));
        Map<String, Set<String>> users = new TreeMap<>();
        (times == FileTimes.DATES ? byTime(all) : all)
                .forEach(row -> users.computeIfAbsent(row.user(), _ -> new LinkedHashSet<>())
                        .add(row.item()));
        Map<String, List<String>> lists = new TreeMap<>();
        users.forEach((user, items) -> lists.put(user, List.copyOf(items)));
        return lists;
    }

    private static List<Row> byTime(List<Row> rows) {
        return rows.stream().sorted(Comparator.comparingInt(Row::time)).toList();
    }

    private void writeRows(String name, FileTimes times, List<Row> rows) throws IOException {
        StringBuilder text = new StringBuilder(times.header());
        rows.forEach(row -> text.append(times.row(row)));
        write(name, text.toString());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void anyStore_byTime_trainIsOlderThanValid(long seed) {
        var random = new SplittableRandom(seed);
        Map<List<String>, Integer> times = new LinkedHashMap<>();
        Set<Row> rows = new LinkedHashSet<>(rows(random, 3 * seed));
        rows.forEach(row -> times.merge(List.of(row.user(), row.item()), row.time(), Math::min));
        collect(rows);

        Dataset dataset = read(new Split.ByTime(0.3));

        int newest = (int) Math.round(0.3 * times.size());
        assertThat(dataset.notes().trainInteractions()).isEqualTo(times.size() - newest);
        assertThat(dataset.notes().validInteractions()).isLessThanOrEqualTo(newest);
        int latestTrained = times(train(dataset), times).max().orElse(0);
        assertThat(times(valid(dataset), times))
                .allSatisfy(time -> assertThat(time).isGreaterThanOrEqualTo(latestTrained));
    }

    private static IntStream times(Map<String, List<String>> byUser, Map<List<String>, Integer> times) {
        return byUser.entrySet().stream()
                .flatMapToInt(entry -> entry.getValue().stream()
                        .mapToInt(item -> times.getOrDefault(List.of(entry.getKey(), item), -1)));
    }
}
