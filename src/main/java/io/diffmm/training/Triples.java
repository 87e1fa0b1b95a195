package io.diffmm.training;

import io.diffmm.datasets.InteractionMatrix;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/// Triples (user, positive, negative) of one epoch for pairwise losses: every interaction once, in random order, each
/// with a random item outside the user's history.
public final class Triples {

    private final int[] users;
    private final int[] positives;
    private final int[] negatives;

    private Triples(int[] users, int[] positives, int[] negatives) {
        this.users = users;
        this.positives = positives;
        this.negatives = negatives;
    }

    /// Draws the triples; a user whose history contains every item has none.
    public static Triples draw(InteractionMatrix histories, RandomGenerator random) {
        int[] users = new int[histories.size()];
        int[] positives = new int[histories.size()];
        int[] negatives = new int[histories.size()];
        BitSet seen = new BitSet(histories.columns());
        int count = 0;
        for (int user = 0; user < histories.rows(); user++) {
            int[] history = histories.row(user);
            if (history.length == histories.columns()) {
                continue;
            }
            seen.clear();
            for (int item : history) {
                seen.set(item);
            }
            for (int item : history) {
                users[count] = user;
                positives[count] = item;
                negatives[count++] = negative(seen, histories.columns(), random);
            }
        }
        Triples triples = new Triples(
                Arrays.copyOf(users, count), Arrays.copyOf(positives, count), Arrays.copyOf(negatives, count));
        triples.shuffle(random);
        return triples;
    }

    private static int negative(BitSet seen, int items, RandomGenerator random) {
        int item = random.nextInt(items);
        while (seen.get(item)) {
            item = random.nextInt(items);
        }
        return item;
    }

    private void shuffle(RandomGenerator random) {
        for (int last = users.length - 1; last > 0; last--) {
            int other = random.nextInt(last + 1);
            swap(users, last, other);
            swap(positives, last, other);
            swap(negatives, last, other);
        }
    }

    private static void swap(int[] values, int a, int b) {
        int kept = values[a];
        values[a] = values[b];
        values[b] = kept;
    }

    /// Number of triples.
    public int size() {
        return users.length;
    }

    /// Returns the triples `from .. from + count`, or up to the last.
    public Batch batch(int from, int count) {
        return new Batch(slice(users, from, count), slice(positives, from, count), slice(negatives, from, count));
    }

    private static long[] slice(int[] values, int from, int count) {
        long[] slice = new long[Math.min(count, values.length - from)];
        for (int at = 0; at < slice.length; at++) {
            slice[at] = values[from + at];
        }
        return slice;
    }

    /// Batch of triples: the rows of their users, positive and negative items.
    public static final class Batch {

        private final long[] users;
        private final long[] positives;
        private final long[] negatives;

        private Batch(long[] users, long[] positives, long[] negatives) {
            this.users = users;
            this.positives = positives;
            this.negatives = negatives;
        }

        public long[] users() {
            return users;
        }

        public long[] positives() {
            return positives;
        }

        public long[] negatives() {
            return negatives;
        }
    }
}
