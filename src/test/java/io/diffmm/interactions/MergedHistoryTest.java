package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.datasets.Item;
import io.diffmm.datasets.ItemCatalogue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MergedHistoryTest {

    private static final ItemCatalogue ITEMS = ItemCatalogue.of(
            IntStream.range(0, 8).mapToObj(row -> Item.of("i" + row)).toList());

    private static final int ALL = 100;

    @Test
    void of_liveItems_followTrainedOnesByTime() {
        MergedHistory history = MergedHistory.of(new int[] {5, 1}, activity(Set.of(), false, "i3", "i7"), ITEMS, ALL);

        assertThat(history.items()).containsExactly(5, 1, 7, 3);
        assertThat(history.seen()).isEqualTo(bits(1, 3, 5, 7));
        assertThat(history.unknownItems()).isZero();
    }

    @Test
    void of_itemTrainedAndLive_standsWhereItWasLast() {
        MergedHistory history = MergedHistory.of(new int[] {5, 1}, activity(Set.of(), false, "i2", "i5"), ITEMS, ALL);

        assertThat(history.items()).containsExactly(1, 5, 2);
    }

    @Test
    void of_unknownItems_areLeftOutAndCounted() {
        MergedHistory history =
                MergedHistory.of(new int[0], activity(Set.of(), false, "new", "i2", "newer"), ITEMS, ALL);

        assertThat(history.items()).containsExactly(2);
        assertThat(history.unknownItems()).isEqualTo(2);
    }

    @Test
    void of_removedItem_isNotTakenFromTheModel_butCountsIfDoneAgain() {
        MergedHistory history =
                MergedHistory.of(new int[] {5, 1, 4}, activity(Set.of("i1", "i4", "gone"), false, "i4"), ITEMS, ALL);

        assertThat(history.items()).containsExactly(5, 4);
        assertThat(history.seen()).isEqualTo(bits(4, 5));
    }

    @Test
    void of_erasedUser_hasOnlyWhatCameSince() {
        MergedHistory history = MergedHistory.of(new int[] {5, 1}, activity(Set.of(), true, "i3"), ITEMS, ALL);

        assertThat(history.items()).containsExactly(3);
        assertThat(history.seen()).isEqualTo(bits(3));
    }

    @Test
    void of_tooMany_keepsTheNewestAndKnowsAll() {
        MergedHistory history = MergedHistory.of(new int[] {5, 1}, activity(Set.of(), false, "i3", "i7"), ITEMS, 3);

        assertThat(history.items()).containsExactly(1, 7, 3);
        assertThat(history.seen()).isEqualTo(bits(1, 3, 5, 7));
        assertThat(MergedHistory.of(new int[] {5, 1, 2}, 2).items()).containsExactly(1, 2);
        assertThat(MergedHistory.of(new int[] {5, 1, 2}, 2).seen()).isEqualTo(bits(1, 2, 5));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void of_anything_isWhatReplayingItWouldGive(long seed) {
        var random = new SplittableRandom(seed);
        int[] trained = random.ints(0, 8).distinct().limit(random.nextInt(8)).toArray();
        List<String> live = random.ints(0, 11)
                .distinct()
                .limit(random.nextInt(11))
                .mapToObj(row -> "i" + row) // 8, 9 and 10 are unknown
                .toList();
        Set<String> removed = new HashSet<>();
        random.ints(random.nextInt(4), 0, 8).forEach(row -> removed.add("i" + row));
        boolean erased = random.nextInt(4) == 0;
        int most = 1 + random.nextInt(10);

        MergedHistory history =
                MergedHistory.of(trained, activity(removed, erased, live.toArray(String[]::new)), ITEMS, most);

        Set<Integer> expected = new LinkedHashSet<>();
        if (!erased) {
            IntStream.of(trained).filter(row -> !removed.contains("i" + row)).forEach(expected::add);
        }
        int unknown = 0;
        for (String item : live.reversed()) { // oldest first
            int row = Integer.parseInt(item.substring(1));
            if (row < 8) {
                expected.remove(row);
                expected.add(row);
            } else {
                unknown++;
            }
        }
        List<Integer> all = new ArrayList<>(expected);
        assertThat(history.items())
                .containsExactly(all.subList(Math.max(0, all.size() - most), all.size()).stream()
                        .mapToInt(Integer::intValue)
                        .toArray());
        assertThat(history.seen().stream().boxed().toList())
                .isEqualTo(all.stream().sorted(Comparator.naturalOrder()).toList());
        assertThat(history.unknownItems()).isEqualTo(unknown);
    }

    private static Activity activity(Set<String> removed, boolean erased, String... newestFirst) {
        List<Activity.Live> live = new ArrayList<>();
        for (int at = 0; at < newestFirst.length; at++) {
            live.add(new Activity.Live(newestFirst[at], Instant.EPOCH.minusSeconds(at)));
        }
        return new Activity(live, removed, erased);
    }

    private static BitSet bits(int... rows) {
        BitSet bits = new BitSet();
        IntStream.of(rows).forEach(bits::set);
        return bits;
    }
}
