package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.datasets.reading.DatasetSource.Split;
import io.diffmm.datasets.reading.UserOrder.SplitRows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UserOrderTest {

    private record Interaction(String user, int item, int time) {}

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void leaveLastOut_takesEachUsersNewestItem(long seed) {
        List<Interaction> all = random(seed);

        SplitRows split = UserOrder.of(rows(all)).split(new Split.LeaveLastOut());

        Map<String, List<Integer>> expected = byUser(firstOfEach(all));
        assertThat(split.userIds())
                .containsExactlyElementsOf(
                        all.stream().map(Interaction::user).distinct().toList());
        assertThat(split.usersWithoutTrain()).isZero();
        expected.forEach((user, items) -> {
            int kept = items.size() == 1 ? 1 : items.size() - 1;
            assertThat(train(split, user)).isEqualTo(items.subList(0, kept));
            assertThat(valid(split, user)).isEqualTo(items.subList(kept, items.size()));
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void byTime_takesTheNewestOfAll(long seed) {
        List<Interaction> all = random(seed);
        double share = new SplittableRandom(seed).nextDouble(0.05, 0.95);

        SplitRows split = UserOrder.of(rows(all)).split(new Split.ByTime(share));

        List<Interaction> kept = firstOfEach(all);
        int cut = kept.size() - (int) Math.round(share * kept.size());
        Map<String, List<Integer>> older = byUser(kept.subList(0, cut));
        Map<String, List<Integer>> newer = byUser(kept.subList(cut, kept.size()));
        assertThat(split.userIds()).containsExactlyInAnyOrderElementsOf(older.keySet());
        older.forEach((user, items) -> {
            assertThat(train(split, user)).isEqualTo(items);
            assertThat(valid(split, user)).isEqualTo(newer.getOrDefault(user, List.of()));
        });
        newer.keySet().removeAll(older.keySet());
        assertThat(split.usersWithoutTrain()).isEqualTo(newer.size());
    }

    private static List<Interaction> random(long seed) {
        var random = new SplittableRandom(seed);
        return IntStream.rangeClosed(0, (int) seed)
                .mapToObj(_ ->
                        new Interaction("u" + random.nextInt(6), random.nextInt(10), random.nextInt(1 + (int) seed)))
                .toList();
    }

    private static InteractionRows rows(List<Interaction> all) {
        var timestamps = new Timestamps.Text();
        var rows = new InteractionRows();
        rows.times().begin(0, Optional.of(timestamps));
        all.forEach(one -> {
            timestamps.parse(String.valueOf(one.time()));
            rows.add(one.user(), one.item());
        });
        rows.times().end(rows.size());
        return rows;
    }

    /// Returns the first interaction of each user with each item, by time; equal times keep the given order.
    private static List<Interaction> firstOfEach(List<Interaction> all) {
        List<Interaction> byTime = new ArrayList<>(all);
        byTime.sort(Comparator.comparingInt(Interaction::time));
        Map<List<Object>, Interaction> first = new LinkedHashMap<>();
        byTime.forEach(one -> first.putIfAbsent(List.of(one.user(), one.item()), one));
        return new ArrayList<>(first.values());
    }

    private static Map<String, List<Integer>> byUser(List<Interaction> interactions) {
        Map<String, List<Integer>> users = new LinkedHashMap<>();
        interactions.forEach(
                one -> users.computeIfAbsent(one.user(), _ -> new ArrayList<>()).add(one.item()));
        return users;
    }

    private static List<Integer> train(SplitRows split, String user) {
        return list(split.train().get(split.userIds().indexOf(user)));
    }

    private static List<Integer> valid(SplitRows split, String user) {
        return split.valid().stream()
                .filter(one -> one.id().equals(user))
                .peek(one -> assertThat(one.row()).hasValue(split.userIds().indexOf(user)))
                .findFirst()
                .map(one -> list(one.items()))
                .orElse(List.of());
    }

    private static List<Integer> list(int[] items) {
        return IntStream.of(items).boxed().toList();
    }
}
