package io.diffmm.retrieval;

import io.diffmm.engine.VectorMath;
import java.util.Arrays;

/// Projections of the items' vectors for the index: low-dimensional vectors that preserve inner products with queries
/// like those of a sample.
///
/// The coordinates are those of [QueryPca] and, last, the item's product with the mean query plus its bias. Each
/// coordinate is centred over the items, which adds the same number to all products with a query, so it preserves
/// their order, but shortens the vectors.
///
/// For a search, an item is a code of bytes: coordinates divided by the maximum over all items and rounded. For the
/// builder, an item is a point with one more coordinate that makes the norms equal (Bachrach et al. 2014): the point
/// nearest to a query is then the one with the greatest product. Since a few items are much longer than all others,
/// norms are made equal only up to [#LENGTH_QUANTILE]; made equal to the longest, nearly all items would be alike.
/// The points are scaled so that this norm is 1, independently of the magnitude of the scores.
///
/// Shapes: I items, F their width, A axes, K = A + 1 coordinates.
final class ProjectedVectors {

    static final double LENGTH_QUANTILE = 0.9;

    private final QueryPca axes;
    private final float[][] points; // [I, K + 1]
    private final double[] greatest; // [K], maximum absolute value of each coordinate

    private ProjectedVectors(QueryPca axes, float[][] points) {
        this.axes = axes;
        this.points = points;
        this.greatest = new double[axes.count() + 1];
    }

    /// Projects all items.
    ///
    /// @param workers threads that share the work
    static ProjectedVectors of(ItemVectors vectors, QueryPca axes, BuildThreads workers) {
        var keys = new ProjectedVectors(axes, new float[vectors.size()][]);
        workers.forEach(vectors.size(), item -> keys.points[item] = keys.coordinates(vectors, item));
        keys.centre();
        keys.equaliseNorms();
        return keys;
    }

    /// Returns I, the number of items.
    int size() {
        return points.length;
    }

    /// Returns K, the number of bytes of a code.
    int bytes() {
        return greatest.length;
    }

    /// Returns an item's point for the builder, `[K + 1]`; must not be modified.
    float[] point(int item) {
        return points[item];
    }

    /// Returns byte `at` of an item's code for searches.
    byte code(int item, int at) {
        return greatest[at] == 0 ? 0 : (byte) Math.round(points[item][at] / greatest[at] * Byte.MAX_VALUE);
    }

    /// Returns the vector, `[F]`, whose product with a query is the query's coordinate `at`. The product of the
    /// coordinates and an item's code then approximates the score, up to a constant.
    double[] queryRow(int at) {
        double[] row = new double[axes.mean().length];
        if (at < axes.count()) {
            double scale = step(at) / axes.deviation(at);
            Arrays.setAll(row, f -> axes.axis(at)[f] * scale);
        }
        return row;
    }

    /// Returns the constant that is added to a query's coordinate `at`.
    double queryOffset(int at) {
        if (at == axes.count()) {
            return step(at); // coefficient of the mean query, which is 1 for every query
        }
        double[] row = queryRow(at);
        double offset = 0;
        for (int f = 0; f < row.length; f++) {
            offset -= row[f] * axes.mean()[f];
        }
        return offset;
    }

    private double step(int at) {
        return greatest[at] / Byte.MAX_VALUE;
    }

    private float[] coordinates(ItemVectors vectors, int item) {
        double[] vector = vectors.vector(item);
        float[] point = new float[axes.count() + 2];
        for (int a = 0; a < axes.count(); a++) {
            point[a] = (float) (axes.deviation(a) * VectorMath.dotUnrolled(axes.axis(a), vector));
        }
        point[axes.count()] = (float) (VectorMath.dotUnrolled(axes.mean(), vector) + vectors.bias(item));
        return point;
    }

    private void centre() {
        double[] means = new double[greatest.length];
        for (float[] point : points) {
            for (int at = 0; at < means.length; at++) {
                means[at] += point[at] / (double) points.length;
            }
        }
        for (float[] point : points) {
            for (int at = 0; at < means.length; at++) {
                point[at] -= (float) means[at];
                greatest[at] = Math.max(greatest[at], Math.abs(point[at]));
            }
        }
    }

    private void equaliseNorms() {
        double[] squares = new double[points.length];
        Arrays.setAll(squares, item -> VectorMath.squaredNorm(points[item]));
        double[] sorted = squares.clone();
        Arrays.sort(sorted);
        double aim = sorted[(int) (LENGTH_QUANTILE * (sorted.length - 1))];
        double scale = aim > 0 ? 1 / Math.sqrt(aim) : 1; // independent of the magnitude of the scores
        for (int item = 0; item < points.length; item++) {
            points[item][greatest.length] = (float) Math.sqrt(Math.max(0, aim - squares[item]));
            VectorMath.scale(points[item], scale);
        }
        VectorMath.scale(greatest, scale);
    }
}
