package io.diffmm.training.search;

import java.util.Arrays;
import java.util.List;

/// When a trial is given up: if its best score so far is below the median of what earlier trials had reached after as
/// many epochs (the median stopping rule of Golovin et al. 2017, <https://doi.org/10.1145/3097983.3098043>, with best
/// scores in place of running means).
final class MedianStopping {

    /// Fewer earlier trials say too little.
    private static final int LEAST = 3;

    private MedianStopping() {}

    /// Whether to give a trial up.
    ///
    /// @param scores of each of its epochs
    /// @param earlier those of earlier trials
    static boolean stops(List<Double> scores, List<List<Double>> earlier) {
        int epochs = scores.size();
        double[] reached = earlier.stream()
                .filter(other -> epochs > 0 && other.size() >= epochs)
                .mapToDouble(other -> best(other.subList(0, epochs)))
                .toArray();
        return reached.length >= LEAST && best(scores) < median(reached);
    }

    private static double best(List<Double> scores) {
        return scores.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /// The middle value; of an even number the mean of both in the middle.
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
