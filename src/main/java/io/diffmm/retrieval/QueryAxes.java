package io.diffmm.retrieval;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// The directions in which queries differ, and how much: mean and principal axes of a sample.
///
/// A trained model's queries fill far fewer dimensions than they have numbers, while the items' vectors are full of
/// noise that no query ever meets. With the mean `m`, the axes `p_1..p_A` and the deviations `s_a` of the queries along
/// them
///
/// ```
/// query . item = m . item + sum_a ((query - m) . p_a / s_a) (s_a p_a . item) + what lies off the axes
/// ```
///
/// where the first factors have variance 1. So `s_a p_a . item` and `m . item` are the item as queries see it: the
/// distance of two items in these coordinates is the expected difference of their scores, and a graph built on it does
/// not waste its links on the noise.
///
/// Float64; the same sample has the same axes. Immutable.
final class QueryAxes {

    private static final int ROUNDS = 30;

    /// Below this share of the greatest variance an axis is rounding error.
    private static final double LEAST_VARIANCE = 1e-10;

    private final double[] mean; // [F]
    private final double[][] axes; // [A, F], of length 1
    private final double[] deviations; // [A]

    private QueryAxes(double[] mean, double[][] axes, double[] deviations) {
        this.mean = mean;
        this.axes = axes;
        this.deviations = deviations;
    }

    /// The axes of a sample, by orthogonal iteration on its covariance.
    ///
    /// @param queries vectors `[F]`, at least one
    /// @param most how many axes are wanted; fewer come if the sample has fewer dimensions
    static QueryAxes of(List<double[]> queries, int most) {
        if (queries.isEmpty()) {
            throw new IllegalArgumentException("need at least one query to find the axes of queries");
        }
        double[] mean = mean(queries);
        double[][] covariance = covariance(queries, mean);
        double[][] axes = random(Math.min(most, mean.length), mean.length);
        double[] variances = orthonormalise(axes);
        for (int round = 0; round < ROUNDS; round++) {
            for (int a = 0; a < axes.length; a++) {
                axes[a] = times(covariance, axes[a]);
            }
            variances = orthonormalise(axes);
        }
        int kept = significant(variances);
        double[] deviations = new double[kept];
        for (int a = 0; a < kept; a++) {
            deviations[a] = Math.sqrt(variances[a]);
        }
        return new QueryAxes(mean, Arrays.copyOf(axes, kept), deviations);
    }

    /// The mean of the queries, `[F]`.
    double[] mean() {
        return mean;
    }

    /// A, how many axes there are.
    int count() {
        return axes.length;
    }

    /// An axis, `[F]`, of length 1.
    double[] axis(int axis) {
        return axes[axis];
    }

    /// The standard deviation of the queries along an axis; above zero.
    double deviation(int axis) {
        return deviations[axis];
    }

    private static double[] mean(List<double[]> queries) {
        double[] mean = new double[queries.getFirst().length];
        for (double[] query : queries) {
            addScaled(mean, query, 1.0 / queries.size());
        }
        return mean;
    }

    private static double[][] covariance(List<double[]> queries, double[] mean) {
        double[][] covariance = new double[mean.length][mean.length];
        for (double[] query : queries) {
            double[] centred = query.clone();
            addScaled(centred, mean, -1);
            for (int row = 0; row < mean.length; row++) {
                addScaled(covariance[row], centred, centred[row] / queries.size());
            }
        }
        return covariance;
    }

    private static double[][] random(int rows, int columns) {
        var random = new SplittableRandom(columns);
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            Arrays.setAll(row, _ -> random.nextGaussian());
        }
        return matrix;
    }

    private static double[] times(double[][] symmetric, double[] vector) {
        double[] product = new double[vector.length];
        for (int row = 0; row < vector.length; row++) {
            addScaled(product, symmetric[row], vector[row]);
        }
        return product;
    }

    /// Makes rows orthogonal and of length 1, each to those before it.
    ///
    /// @return the lengths they had left
    private static double[] orthonormalise(double[][] rows) {
        double[] lengths = new double[rows.length];
        for (int row = 0; row < rows.length; row++) {
            for (int before = 0; before < row; before++) {
                addScaled(rows[row], rows[before], -dot(rows[row], rows[before]));
            }
            lengths[row] = Math.sqrt(dot(rows[row], rows[row]));
            if (lengths[row] > 0) {
                scale(rows[row], 1 / lengths[row]);
            }
        }
        return lengths;
    }

    private static void scale(double[] vector, double scale) {
        for (int at = 0; at < vector.length; at++) {
            vector[at] *= scale;
        }
    }

    private static int significant(double[] variances) {
        int count = 0;
        while (count < variances.length && variances[count] > variances[0] * LEAST_VARIANCE) {
            count++;
        }
        return count;
    }

    private static void addScaled(double[] total, double[] vector, double scale) {
        for (int at = 0; at < total.length; at++) {
            total[at] += scale * vector[at];
        }
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int at = 0; at < left.length; at++) {
            sum += left[at] * right[at];
        }
        return sum;
    }
}
