package io.diffmm.training.search;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import java.util.Arrays;

/// Items that can enter the top of one user's list, with their score in each view. Immutable.
public final class Candidates {

    private final float[][] scores; // [V, C]
    private final int[] hits; // positions of the candidates that were held out
    private final int heldOut;

    /// @param scores score of each candidate in each view, `[V, C]`
    /// @param hits positions of candidates that were held out
    /// @param heldOut number of held-out items, candidates or not
    Candidates(float[][] scores, int[] hits, int heldOut) {
        this.scores = scores;
        this.hits = hits;
        this.heldOut = heldOut;
    }

    /// @param items rows of the candidates, ascending
    static Candidates of(float[][] scores, int[] items, HeldOutUser user) {
        int[] hits = Arrays.stream(user.items())
                .map(item -> Arrays.binarySearch(items, item))
                .filter(at -> at >= 0)
                .sorted()
                .toArray();
        return new Candidates(scores, hits, user.items().length);
    }

    /// Returns the scores of all candidates in a view.
    float[] scores(int view) {
        return scores[view];
    }

    /// Returns C, the number of candidates.
    int size() {
        return scores[0].length;
    }

    int[] hits() {
        return hits;
    }

    int heldOut() {
        return heldOut;
    }
}
