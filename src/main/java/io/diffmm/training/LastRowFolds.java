package io.diffmm.training;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/// Divides the users of `train` into disjoint groups; each fold hides the newest interaction of the users
/// of one group.
///
/// Hidden items differ in popularity from those of `valid`, so users have weights: the weighted hidden
/// items are as popular as the items of `valid`, by bins of popularity rank.
final class LastRowFolds {

    /// Number of held-out interactions below which folds are used by default.
    static final int SMALL_VALID = 10_000;

    /// Number of folds by default.
    static final int COUNT = 3;

    /// Maximum number of users of a fold.
    private static final int MAX_USERS = 10_000;

    /// Highest popularity ranks of the bins; two more contain the remaining items and those without users.
    private static final int[] RANKS = {10, 50, 200, 800, 2_500};

    private static final int BINS = RANKS.length + 2;

    /// Limit of a user's weight, as a multiple of the mean.
    private static final double MAX_WEIGHT = 10;

    private LastRowFolds() {}

    /// One fold.
    static final class Fold {

        private final int number;
        private final Dataset dataset;
        private final Validation hidden;
        private final double[] weights;

        private Fold(int number, Dataset dataset, Validation hidden, double[] weights) {
            this.number = number;
            this.dataset = dataset;
            this.hidden = hidden;
            this.weights = weights;
        }

        /// Number of the fold, from 1.
        int number() {
            return number;
        }

        /// Data without the hidden interactions, with the same users and items, and without `valid`.
        Dataset dataset() {
            return dataset;
        }

        /// Users with their hidden item, measured on that data.
        Validation hidden() {
            return hidden;
        }

        /// Weight of each of these users; their mean is 1. Read-only.
        double[] weights() {
            return weights;
        }
    }

    /// Creates folds.
    ///
    /// @param count number of groups
    /// @param seed seed of the division
    /// @return the folds, without those that hide nothing
    static List<Fold> of(Dataset dataset, int count, long seed) {
        InteractionMatrix train = dataset.train();
        List<Integer> users = new ArrayList<>(IntStream.range(0, train.rows())
                .filter(user -> train.rowLength(user) > 1)
                .boxed()
                .toList());
        Collections.shuffle(users, new Random(seed));
        long hiding = Math.min(users.size(), (long) MAX_USERS * count);
        List<Fold> folds = new ArrayList<>();
        for (int fold = 0; fold < count; fold++) {
            int from = (int) (hiding * fold / count);
            int to = (int) (hiding * (fold + 1) / count);
            if (from < to) {
                folds.add(fold(dataset, fold + 1, users.subList(from, to)));
            }
        }
        return List.copyOf(folds);
    }

    private static Fold fold(Dataset dataset, int number, List<Integer> users) {
        BitSet hiding = new BitSet();
        users.forEach(hiding::set);
        Dataset rest = without(dataset, hiding);
        List<HeldOutUser> hidden = hiding.stream()
                .mapToObj(user -> new HeldOutUser(
                        OptionalInt.of(user), dataset.users().id(user), new int[] {last(dataset.train(), user)}))
                .toList();
        double[] weights = weights(dataset, rest.train(), hidden);
        return new Fold(number, rest, Validation.of(rest.train(), new HeldOut(hidden, 0, 0, 0)), weights);
    }

    private static int last(InteractionMatrix train, int user) {
        int[] row = train.row(user);
        return row[row.length - 1];
    }

    private static Dataset without(Dataset dataset, BitSet hiding) {
        InteractionMatrix train = dataset.train();
        List<int[]> rows = IntStream.range(0, train.rows())
                .mapToObj(user -> Arrays.copyOf(train.row(user), kept(train, user, hiding)))
                .toList();
        InteractionMatrix rest = InteractionMatrix.of(train.columns(), rows);
        return new Dataset(
                dataset.users(),
                dataset.items(),
                rest,
                dataset.times().map(all -> InteractionTimes.of(rest, times(all, train, hiding))),
                Optional.empty(),
                dataset.features(),
                dataset.fingerprint(),
                dataset.notes());
    }

    private static long[] times(InteractionTimes all, InteractionMatrix train, BitSet hiding) {
        return IntStream.range(0, train.rows())
                .mapToObj(user -> Arrays.copyOf(all.row(user), kept(train, user, hiding)))
                .flatMapToLong(Arrays::stream)
                .toArray();
    }

    private static int kept(InteractionMatrix train, int user, BitSet hiding) {
        return train.rowLength(user) - (hiding.get(user) ? 1 : 0);
    }

    /// Computes the weights of users: the ratio of the shares that the bin of the hidden item has of the
    /// items of `valid` and of the hidden items. A bin that `valid` does not contain has weight zero.
    private static double[] weights(Dataset dataset, InteractionMatrix rest, List<HeldOutUser> hidden) {
        double[] wanted = shares(dataset.valid().orElseThrow().users(), bins(dataset.train()));
        int[] bins = bins(rest);
        double[] found = shares(hidden, bins);
        double[] weights = hidden.stream()
                .mapToInt(user -> bins[user.items()[0]])
                .mapToDouble(bin -> Math.min(MAX_WEIGHT, wanted[bin] / found[bin]))
                .toArray();
        double mean = Arrays.stream(weights).average().orElseThrow();
        return Arrays.stream(weights)
                .map(weight -> mean > 0 ? weight / mean : 1)
                .toArray();
    }

    /// Returns the share of each bin; users count equally, whatever the number of their items.
    private static double[] shares(List<HeldOutUser> users, int[] bins) {
        double[] shares = new double[BINS];
        for (HeldOutUser user : users) {
            for (int item : user.items()) {
                shares[bins[item]] += 1.0 / user.items().length / users.size();
            }
        }
        return shares;
    }

    /// Returns the bin of each item, by its number of users. Equally popular items are in the same bin.
    private static int[] bins(InteractionMatrix train) {
        int[] counts = train.columnCounts();
        int[] ascending = counts.clone();
        Arrays.sort(ascending);
        return Arrays.stream(counts).map(count -> bin(count, ascending)).toArray();
    }

    private static int bin(int count, int[] ascending) {
        if (count == 0) {
            return BINS - 1;
        }
        int above = ascending.length - firstAbove(ascending, count);
        int bin = 0;
        while (bin < RANKS.length && above >= RANKS[bin]) {
            bin++;
        }
        return bin;
    }

    private static int firstAbove(int[] ascending, int count) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] > count) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
