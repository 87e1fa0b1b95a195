package io.diffmm.families.denoiser;

import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.denoiser.DenoiserSettings.Objective;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// History split into the input of a denoiser and its target.
public final class HistorySplit {

    private final int[] input;
    private final int[] target;

    /// @param input not empty; not copied
    /// @param target not empty; not copied
    private HistorySplit(int[] input, int[] target) {
        this.input = input;
        this.target = target;
    }

    /// Items passed to the denoiser, oldest first.
    public int[] input() {
        return input;
    }

    /// Items to predict.
    public int[] target() {
        return target;
    }

    /// Rule by which an objective splits histories.
    public enum Rule {

        /// Input and target are the whole history.
        WHOLE(1) {
            @Override
            public HistorySplit draw(int[] history, RandomGenerator random) {
                return new HistorySplit(history, history);
            }
        },

        /// The target is a random part of the history; all sizes have the same probability.
        RANDOM(2) {
            @Override
            public HistorySplit draw(int[] history, RandomGenerator random) {
                BitSet hidden = indexes(random.nextInt(1, history.length), history.length, random);
                int[] input = new int[history.length - hidden.cardinality()];
                int[] target = new int[hidden.cardinality()];
                for (int at = 0, kept = 0, left = 0; at < history.length; at++) {
                    if (hidden.get(at)) {
                        target[left++] = history[at];
                    } else {
                        input[kept++] = history[at];
                    }
                }
                return new HistorySplit(input, target);
            }
        },

        /// The target is everything after a random point in time; the input is at least a quarter of the
        /// history.
        LATER(2) {
            @Override
            public HistorySplit draw(int[] history, RandomGenerator random) {
                int size = random.nextInt(Math.max(1, history.length / 4), history.length);
                return new HistorySplit(
                        Arrays.copyOf(history, size), Arrays.copyOfRange(history, size, history.length));
            }
        };

        private final int minLength;

        Rule(int minLength) {
            this.minLength = minLength;
        }

        /// Returns the rule of an objective.
        public static Rule of(Objective objective) {
            return switch (objective) {
                case RECONSTRUCTION -> WHOLE;
                case HIDDEN_ITEMS -> RANDOM;
                case LATER_ITEMS -> LATER;
            };
        }

        /// Returns the users whose histories are long enough to split, in their order.
        public int[] divisible(InteractionMatrix histories, IntStream users) {
            return users.filter(user -> histories.rowLength(user) >= minLength).toArray();
        }

        /// Draws a split.
        ///
        /// @param history long enough to split, oldest first
        public abstract HistorySplit draw(int[] history, RandomGenerator random);

        /// Draws a set of `count` indexes below `length`, each set with the same probability (Floyd's
        /// algorithm).
        private static BitSet indexes(int count, int length, RandomGenerator random) {
            BitSet indexes = new BitSet(length);
            for (int last = length - count; last < length; last++) {
                int index = random.nextInt(last + 1);
                indexes.set(indexes.get(index) ? last : index);
            }
            return indexes;
        }
    }
}
