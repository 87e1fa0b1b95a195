package io.diffmm.training.denoiser;

import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.model.denoiser.Objective;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// The ways in which an objective divides histories into what a denoiser is shown and what it is to predict.
public enum Divisions {

    /// The whole is shown, and the whole is to be predicted.
    WHOLE(1) {
        @Override
        public Division draw(int[] history, RandomGenerator random) {
            return new Division(history, history);
        }
    },

    /// A random part is hidden, of any size with the same probability.
    RANDOM(2) {
        @Override
        public Division draw(int[] history, RandomGenerator random) {
            BitSet hidden = places(random.nextInt(1, history.length), history.length, random);
            int[] shown = new int[history.length - hidden.cardinality()];
            int[] rest = new int[hidden.cardinality()];
            for (int at = 0, kept = 0, left = 0; at < history.length; at++) {
                if (hidden.get(at)) {
                    rest[left++] = history[at];
                } else {
                    shown[kept++] = history[at];
                }
            }
            return new Division(shown, rest);
        }
    },

    /// All after a random point in time is hidden; at least a quarter of the history is shown.
    LATER(2) {
        @Override
        public Division draw(int[] history, RandomGenerator random) {
            int shown = random.nextInt(Math.max(1, history.length / 4), history.length);
            return new Division(Arrays.copyOf(history, shown), Arrays.copyOfRange(history, shown, history.length));
        }
    };

    private final int least;

    Divisions(int least) {
        this.least = least;
    }

    /// The divisions of an objective.
    public static Divisions of(Objective objective) {
        return switch (objective) {
            case RECONSTRUCTION -> WHOLE;
            case HIDDEN_ITEMS -> RANDOM;
            case LATER_ITEMS -> LATER;
        };
    }

    /// Those of some users whose histories can be divided, in their order.
    public int[] divisible(InteractionMatrix histories, IntStream users) {
        return users.filter(user -> histories.rowLength(user) >= least).toArray();
    }

    /// Draws a division.
    ///
    /// @param history that can be divided, oldest first
    public abstract Division draw(int[] history, RandomGenerator random);

    /// So many places of a history, each set of them with the same probability (Floyd's algorithm).
    private static BitSet places(int count, int length, RandomGenerator random) {
        BitSet places = new BitSet(length);
        for (int last = length - count; last < length; last++) {
            int place = random.nextInt(last + 1);
            places.set(places.get(place) ? last : place);
        }
        return places;
    }
}
