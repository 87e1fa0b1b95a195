package io.diffmm.training.diffmm;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// A history in two parts, neither of them empty.
final class Division {

    private final int[] shown;
    private final int[] hidden;

    private Division(int[] shown, int[] hidden) {
        this.shown = shown;
        this.hidden = hidden;
    }

    /// Hides a random part, of any size with the same probability.
    ///
    /// @param history two items or more
    static Division draw(int[] history, RandomGenerator random) {
        int[] items = history.clone();
        int hidden = random.nextInt(1, items.length);
        for (int at = 0; at < hidden; at++) {
            int other = random.nextInt(at, items.length);
            int kept = items[at];
            items[at] = items[other];
            items[other] = kept;
        }
        return new Division(Arrays.copyOfRange(items, hidden, items.length), Arrays.copyOf(items, hidden));
    }

    /// What the denoiser is given.
    int[] shown() {
        return shown;
    }

    /// What it is to predict.
    int[] hidden() {
        return hidden;
    }
}
