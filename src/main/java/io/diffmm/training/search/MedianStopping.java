package io.diffmm.training.search;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/// When a trial is given up: if its best score so far is below the median of what earlier trials had reached after as
/// many epochs (the median stopping rule of Golovin et al. 2017, <https://doi.org/10.1145/3097983.3098043>, with best
/// scores in place of running means).
final class MedianStopping {

    /// Fewer earlier trials say too little.
    private static final int LEAST = 3;

    private MedianStopping() {}

    /// Whether to give a trial up.
    ///
    /// @param curve of the trial so far
    /// @param earlier curves of earlier trials
    static boolean stops(List<Trial.Point> curve, List<List<Trial.Point>> earlier) {
        if (curve.isEmpty()) {
            return false;
        }
        int epoch = curve.getLast().epoch();
        double[] reached = earlier.stream()
                .filter(other -> !other.isEmpty() && other.getLast().epoch() >= epoch)
                .flatMapToDouble(other -> best(other, epoch).stream())
                .toArray();
        return reached.length >= LEAST && best(curve, epoch).orElseThrow() < median(reached);
    }

    /// The best score up to an epoch; empty if none was measured by then.
    private static OptionalDouble best(List<Trial.Point> curve, int epoch) {
        return curve.stream()
                .filter(point -> point.epoch() <= epoch)
                .mapToDouble(Trial.Point::ndcg)
                .max();
    }

    /// The middle value; of an even number the mean of both in the middle.
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
