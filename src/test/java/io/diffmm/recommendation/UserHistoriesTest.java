package io.diffmm.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.interactions.Activity;
import io.diffmm.interactions.Interactions.InteractionsUnavailableException;
import io.diffmm.recommendation.Recommendations.HistorySummary;
import io.diffmm.recommendation.UserHistories.ResolvedHistory;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UserHistoriesTest {

    private static final ItemCatalogue ITEMS = ItemCatalogue.of(
            IntStream.range(0, 8).mapToObj(row -> Item.of("i" + row)).toList());

    private static final int ALL = 100;

    @Test
    void ofUser_liveItems_followTrainedOnesByTime() {
        ResolvedHistory history = merged(trained(5, 1), activity(Set.of(), false, "i3", "i7"), ALL);

        assertThat(history.items()).containsExactly(5, 1, 7, 3);
        assertThat(history.seen()).isEqualTo(bits(1, 3, 5, 7));
        assertThat(history.summary().unknownItems()).isZero();
    }

    @Test
    void ofUser_itemTrainedAndLive_hasItsLatestPosition() {
        ResolvedHistory history = merged(trained(5, 1), activity(Set.of(), false, "i2", "i5"), ALL);

        assertThat(history.items()).containsExactly(1, 5, 2);
    }

    @Test
    void ofUser_unknownItems_areLeftOutAndCounted() {
        ResolvedHistory history = merged(trained(), activity(Set.of(), false, "new", "i2", "newer"), ALL);

        assertThat(history.items()).containsExactly(2);
        assertThat(history.summary().unknownItems()).isEqualTo(2);
    }

    @Test
    void ofUser_removedItem_isLeftOutUnlessLiveAgain() {
        ResolvedHistory history = merged(trained(5, 1, 4), activity(Set.of("i1", "i4", "gone"), false, "i4"), ALL);

        assertThat(history.items()).containsExactly(5, 4);
        assertThat(history.seen()).isEqualTo(bits(4, 5));
    }

    @Test
    void ofUser_erasedUser_hasOnlyLiveItems() {
        ResolvedHistory history = merged(trained(5, 1), activity(Set.of(), true, "i3"), ALL);

        assertThat(history.items()).containsExactly(3);
        assertThat(history.seen()).isEqualTo(bits(3));
    }

    @Test
    void ofUser_moreThanTheMaximum_keepsTheNewestAndSeesAll() {
        ResolvedHistory history = merged(trained(5, 1), activity(Set.of(), false, "i3", "i7"), 3);

        assertThat(history.items()).containsExactly(1, 7, 3);
        assertThat(history.seen()).isEqualTo(bits(1, 3, 5, 7));
    }

    @Test
    void ofUser_storeUnavailable_hasTheTrainedItems() {
        ResolvedHistory history = resolved(trained(5, 1, 2), 2, _ -> {
            throw new InteractionsUnavailableException(Duration.ofSeconds(1));
        });

        assertThat(history.items()).containsExactly(1, 2);
        assertThat(history.seen()).isEqualTo(bits(1, 2, 5));
        assertThat(history.summary()).isEqualTo(new HistorySummary(2, 0, false));
    }

    @Test
    void ofUser_userAbsentFromTheStore_isAnsweredWithoutAQuery() throws Exception {
        var fixture = new ServiceFixture(ServiceFixture.CACHE);
        fixture.absent.add("u");
        fixture.activities.set(_ -> {
            throw new AssertionError("queried");
        });
        var histories = new UserHistories(
                fixture.store, ALL, Duration.ofSeconds(10), Runnable::run, new ServiceFixture.Recorder());

        ResolvedHistory history = histories.ofUser(model(trained(5, 1)), "u");

        assertThat(history.items()).containsExactly(5, 1);
        assertThat(history.summary()).isEqualTo(new HistorySummary(2, 0, true));
        assertThat(history.lasting()).isTrue();
    }

    @Test
    void ofUser_datedItems_areMergedByTime() {
        // live: i3 0 s before 1970, i7 1 s, i5 2 s, i1 3 s
        Activity activity = activity(Set.of(), false, "i3", "i7", "i5", "i1");

        assertThat(merged(dated(new int[] {2, 4, 5}, -10, -1.5, -0.5), activity, ALL)
                        .items())
                .containsExactly(2, 1, 4, 7, 5, 3);
        assertThat(merged(dated(new int[] {2}, 0), activity, 2).items())
                .as("at equal times trained items come first")
                .containsExactly(2, 3);
    }

    /// Interactions of the user that the model was trained on.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Trained(int[] items, Optional<long[]> micros) {}

    private record Event(int row, double time) {}

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void ofUser_anyHistory_equalsASortOfAllEvents(long seed) {
        var random = new SplittableRandom(seed);
        int[] items = random.ints(0, 8).distinct().limit(random.nextInt(8)).toArray();
        double[] times = random.doubles(items.length, -12, 3).sorted().toArray();
        boolean isDated = random.nextBoolean();
        List<String> live = random.ints(0, 11)
                .distinct()
                .limit(random.nextInt(11))
                .mapToObj(row -> "i" + row) // 8, 9 and 10 are unknown
                .toList();
        Set<String> removed = new HashSet<>();
        random.ints(random.nextInt(4), 0, 8).forEach(row -> removed.add("i" + row));
        boolean erased = random.nextInt(4) == 0;
        int maxItems = 1 + random.nextInt(10);

        ResolvedHistory history = merged(
                isDated ? dated(items, times) : trained(items),
                activity(removed, erased, live.toArray(String[]::new)),
                maxItems);

        List<Event> events = new ArrayList<>();
        for (int at = 0; at < items.length && !erased; at++) {
            if (!removed.contains("i" + items[at])) {
                events.add(new Event(items[at], isDated ? times[at] : at - 1_000));
            }
        }
        for (int at = 0; at < live.size(); at++) {
            events.add(new Event(Integer.parseInt(live.get(at).substring(1)), -at));
        }
        events.removeIf(event -> event.row() >= 8);
        events.sort(Comparator.comparingDouble(Event::time));
        events.removeIf(
                event -> events.stream().anyMatch(other -> other.row() == event.row() && other.time() > event.time()));
        int[] all = events.stream().mapToInt(Event::row).toArray();
        assertThat(history.items()).isEqualTo(Arrays.copyOfRange(all, Math.max(0, all.length - maxItems), all.length));
        assertThat(history.seen()).isEqualTo(bits(all));
        assertThat(history.summary().unknownItems()).isEqualTo((int) live.stream()
                .filter(item -> item.compareTo("i7") > 0 || item.equals("i10"))
                .count());
    }

    private static ResolvedHistory merged(Trained trained, Activity activity, int most) {
        return resolved(trained, most, _ -> activity);
    }

    private static ResolvedHistory resolved(Trained trained, int most, Function<String, Activity> activities) {
        var store = new Activity.Store() {
            @Override
            public Activity activity(String userId) {
                return activities.apply(userId);
            }

            @Override
            public Optional<Activity> known(String userId) {
                return Optional.empty();
            }

            @Override
            public boolean erased(String userId) {
                return false;
            }

            @Override
            public boolean current() {
                return true;
            }
        };
        var histories =
                new UserHistories(store, most, Duration.ofSeconds(10), Runnable::run, new ServiceFixture.Recorder());
        try {
            return histories.ofUser(model(trained), "u");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Model of one user.
    private static ServedModel model(Trained trained) {
        InteractionMatrix histories = InteractionMatrix.of(ITEMS.size(), List.of(trained.items()));
        return new ServedModel(
                "demo",
                "v-1",
                "diffmm",
                Instant.EPOCH,
                Map.of(),
                Map.of(),
                Map.of(),
                "cpu",
                "float32",
                IdIndex.of(List.of("u")),
                ITEMS,
                histories,
                trained.micros().map(micros -> InteractionTimes.of(histories, micros)));
    }

    private static Trained trained(int... items) {
        return new Trained(items, Optional.empty());
    }

    private static Trained dated(int[] items, double... seconds) {
        return new Trained(
                items,
                Optional.of(DoubleStream.of(seconds)
                        .mapToLong(second -> Math.round(second * 1e6))
                        .toArray()));
    }

    private static Activity activity(Set<String> removed, boolean erased, String... newestFirst) {
        List<Activity.LiveItem> live = new ArrayList<>();
        for (int at = 0; at < newestFirst.length; at++) {
            live.add(new Activity.LiveItem(newestFirst[at], Instant.EPOCH.minusSeconds(at)));
        }
        return new Activity(live, removed, erased);
    }

    private static BitSet bits(int... rows) {
        BitSet bits = new BitSet();
        IntStream.of(rows).forEach(bits::set);
        return bits;
    }
}
