package io.diffmm.recommendation;

import io.diffmm.runtime.ServedModel;

/// How many users have each item, counted once for each loaded model.
final class Popularity {

    private volatile Counted counted = new Counted("", new float[0]);

    /// `[items]`; not to be written to.
    float[] scores(ServedModel model) {
        Counted current = counted;
        if (!current.version().equals(model.version())) {
            current = new Counted(model.version(), count(model));
            counted = current;
        }
        return current.scores();
    }

    private static float[] count(ServedModel model) {
        int[] counts = model.histories().columnCounts();
        float[] scores = new float[counts.length];
        for (int item = 0; item < counts.length; item++) {
            scores[item] = counts[item];
        }
        return scores;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Counted(String version, float[] scores) {}
}
