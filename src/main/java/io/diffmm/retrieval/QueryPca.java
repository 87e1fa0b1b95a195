package io.diffmm.retrieval;

import io.diffmm.engine.VectorMath;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Principal component analysis of a sample of queries: mean, principal axes and standard deviations along them.
///
/// The queries of a trained model span far fewer dimensions than they have components, while the items' vectors
/// contain noise orthogonal to all queries. With the mean `m`, the axes `p_1..p_A` and the deviations `s_a`
///
/// ```
/// query . item = m . item + sum_a ((query - m) . p_a / s_a) (s_a p_a . item) + remainder off the axes
/// ```
///
/// where the first factors have variance 1. So in the coordinates `s_a p_a . item` and `m . item`, the distance of
/// two items is the expected difference of their scores, and the links of a graph do not depend on the noise.
///
/// Float64; deterministic. Immutable.
final class QueryPca {

    private static final int ROUNDS = 30;

    /// Minimum variance of an axis, relative to the greatest; axes below it are rounding errors.
    private static final double MIN_VARIANCE = 1e-10;

    private final double[] mean; // [F]
    private final double[][] axes; // [A, F], of length 1
    private final double[] deviations; // [A]

    private QueryPca(double[] mean, double[][] axes, double[] deviations) {
        this.mean = mean;
        this.axes = axes;
        this.deviations = deviations;
    }

    /// Computes the axes of a sample by orthogonal iteration on its covariance.
    ///
    /// @param queries vectors `[F]`, at least one
    /// @param maxAxes maximum number of axes; a sample of lower rank has fewer
    static QueryPca of(List<double[]> queries, int maxAxes) {
        if (queries.isEmpty()) {
            throw new IllegalArgumentException("building an index needs at least one query");
        }
        double[] mean = mean(queries);
        double[][] covariance = covariance(queries, mean);
        double[][] axes = random(Math.min(maxAxes, mean.length), mean.length);
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
        return new QueryPca(mean, Arrays.copyOf(axes, kept), deviations);
    }

    /// Returns the mean of the queries, `[F]`.
    double[] mean() {
        return mean;
    }

    /// Returns A, the number of axes.
    int count() {
        return axes.length;
    }

    /// Returns an axis, `[F]`, of length 1.
    double[] axis(int axis) {
        return axes[axis];
    }

    /// Returns the standard deviation of the queries along an axis; above zero.
    double deviation(int axis) {
        return deviations[axis];
    }

    private static double[] mean(List<double[]> queries) {
        double[] mean = new double[queries.getFirst().length];
        for (double[] query : queries) {
            VectorMath.addScaled(mean, query, 1.0 / queries.size());
        }
        return mean;
    }

    private static double[][] covariance(List<double[]> queries, double[] mean) {
        double[][] covariance = new double[mean.length][mean.length];
        for (double[] query : queries) {
            double[] centred = query.clone();
            VectorMath.addScaled(centred, mean, -1);
            for (int row = 0; row < mean.length; row++) {
                VectorMath.addScaled(covariance[row], centred, centred[row] / queries.size());
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
            VectorMath.addScaled(product, symmetric[row], vector[row]);
        }
        return product;
    }

    /// Orthonormalises rows in order (Gram-Schmidt).
    ///
    /// @return the norm of each row after orthogonalisation
    private static double[] orthonormalise(double[][] rows) {
        double[] lengths = new double[rows.length];
        for (int row = 0; row < rows.length; row++) {
            for (int before = 0; before < row; before++) {
                VectorMath.addScaled(rows[row], rows[before], -VectorMath.dot(rows[row], rows[before]));
            }
            lengths[row] = Math.sqrt(VectorMath.dot(rows[row], rows[row]));
            if (lengths[row] > 0) {
                VectorMath.scale(rows[row], 1 / lengths[row]);
            }
        }
        return lengths;
    }

    private static int significant(double[] variances) {
        int count = 0;
        while (count < variances.length && variances[count] > variances[0] * MIN_VARIANCE) {
            count++;
        }
        return count;
    }
}
