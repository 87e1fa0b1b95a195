package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.training.LastRowFolds.Fold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LastRowFoldsTest {

    private static final int ITEMS = 60;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void of_hidesTheLastItemOfEachUserWithSeveralOnce(long seed) {
        Dataset dataset = dataset(new SplittableRandom(seed), 80);

        List<Fold> folds = LastRowFolds.of(dataset, 3, seed);

        List<Integer> hidden = new ArrayList<>();
        for (Fold fold : folds) {
            assertThat(fold.dataset().valid()).isEmpty();
            assertThat(fold.dataset().users()).isSameAs(dataset.users());
            assertThat(fold.dataset().items()).isSameAs(dataset.items());
            List<Integer> own = fold.hidden().users().stream()
                    .map(user -> user.row().orElseThrow())
                    .toList();
            hidden.addAll(own);
            for (int user = 0; user < 80; user++) {
                int[] all = dataset.train().row(user);
                int kept = all.length - (own.contains(user) ? 1 : 0);
                assertThat(fold.dataset().train().row(user)).isEqualTo(Arrays.copyOf(all, kept));
                assertThat(fold.dataset().times().orElseThrow().row(user))
                        .isEqualTo(Arrays.copyOf(dataset.times().orElseThrow().row(user), kept));
            }
            for (HeldOutUser user : fold.hidden().users()) {
                int[] all = dataset.train().row(user.row().orElseThrow());
                assertThat(user.items()).containsExactly(all[all.length - 1]);
            }
        }
        assertThat(hidden)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 80)
                        .filter(user -> dataset.train().rowLength(user) > 1)
                        .boxed()
                        .toList());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void weights_giveHiddenItemsThePopularityOfValid(long seed) {
        Dataset dataset = dataset(new SplittableRandom(seed), 400);

        for (Fold fold : LastRowFolds.of(dataset, 2, seed)) {
            double[] weights = fold.weights();
            int[] validCounts = dataset.train().columnCounts();
            int[] foldCounts = fold.dataset().train().columnCounts();
            double wanted = share(validCounts, dataset.valid().orElseThrow().users(), new double[0]);
            double found = share(foldCounts, fold.hidden().users(), weights);
            assertThat(Arrays.stream(weights).average().orElseThrow()).isCloseTo(1, within(1e-12));
            double unweighted = share(foldCounts, fold.hidden().users(), new double[0]);
            assertThat(Math.abs(unweighted - wanted)).isGreaterThan(0.03);
            assertThat(found).isCloseTo(wanted, within(0.01)); // a bin of valid may be missing from the fold
        }
    }

    /// Returns the share of held-out items among the ten most popular; each user counts once.
    private static double share(int[] counts, List<HeldOutUser> users, double[] weights) {
        double share = 0;
        for (int at = 0; at < users.size(); at++) {
            int[] items = users.get(at).items();
            double weight = weights.length == 0 ? 1 : weights[at];
            for (int item : items) {
                long above = Arrays.stream(counts).filter(count -> count > counts[item]).count();
                share += above < 10 ? weight / items.length / users.size() : 0;
            }
        }
        return share;
    }

    @Test
    void of_usersWithOneItem_hasNoFold() {
        InteractionMatrix train = InteractionMatrix.of(3, List.of(new int[] {0}, new int[] {1}));
        Dataset dataset = dataset(train, Optional.empty(), List.of(held(0, 2)));

        assertThat(LastRowFolds.of(dataset, 3, 1)).isEmpty();
        assertThat(LastRowFolds.of(dataset, 0, 1)).isEmpty();
    }

    private static Dataset dataset(SplittableRandom random, int users) {
        List<int[]> rows = new ArrayList<>();
        List<HeldOutUser> valid = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            int[] items = IntStream.generate(() -> popular(random))
                    .distinct()
                    .limit(user % 7 == 0 ? 1 : 2 + random.nextInt(8))
                    .toArray();
            rows.add(items);
            valid.add(held(
                    user,
                    IntStream.generate(() -> random.nextInt(ITEMS))
                            .filter(item -> Arrays.stream(items).noneMatch(seen -> seen == item))
                            .distinct()
                            .limit(1 + random.nextInt(3))
                            .toArray()));
        }
        InteractionMatrix train = InteractionMatrix.of(ITEMS, rows);
        long[] times = IntStream.range(0, train.size()).mapToLong(at -> 1_000L + at).toArray();
        return dataset(train, Optional.of(InteractionTimes.of(train, times)), valid);
    }

    /// Draws an item; lower rows are more popular.
    private static int popular(SplittableRandom random) {
        return Math.min(random.nextInt(ITEMS), random.nextInt(ITEMS));
    }

    private static HeldOutUser held(int user, int... items) {
        return new HeldOutUser(OptionalInt.of(user), "u" + user, items);
    }

    private static Dataset dataset(
            InteractionMatrix train, Optional<InteractionTimes> times, List<HeldOutUser> valid) {
        return new Dataset(
                IdIndex.of(IntStream.range(0, train.rows()).mapToObj(user -> "u" + user).toList()),
                ItemCatalogue.of(IntStream.range(0, train.columns())
                        .mapToObj(item -> new Item("i" + item, Optional.empty(), Optional.empty()))
                        .toList()),
                train,
                times,
                Optional.of(new HeldOut(valid, 0, 0, 0)),
                List.of(),
                "f".repeat(64),
                new DatasetCounts(train.rows(), train.columns(), train.size(), valid.size(), 0, 0, 0, 0, 0));
    }
}
