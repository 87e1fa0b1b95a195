package io.diffmm.retrieval;

import java.util.Arrays;

/// The items as a graph sees them: short vectors, made from long ones and a sample of queries.
///
/// Coordinates are those of [QueryAxes] and, last, the item's product with the mean query plus its bias. Each
/// is centred over the items, which adds the same number to every product with a query and so changes no order,
/// but makes vectors shorter.
///
/// To the search an item is a row of bytes: coordinates in float32, divided by the greatest of all items and
/// rounded. To the builder it is a point whose neighbours are near, so one more coordinate is added that makes
/// the lengths equal (Bachrach et al. 2014): the point nearest to a query is then the one with the greatest
/// product. A few items are far longer than all others. Lengths are made equal up to [#LENGTH_QUANTILE] only;
/// evened out to the longest, nearly all items would look alike. That length is then 1, whatever the size of
/// the scores.
///
/// Shapes: I items, F their width, A axes, K = A + 1 coordinates.
final class GraphKeys {

    static final double LENGTH_QUANTILE = 0.9;

    private final QueryAxes axes;
    private final float[][] points; // [I, K + 1]
    private final double[] greatest; // [K]

    private GraphKeys(QueryAxes axes, float[][] points) {
        this.axes = axes;
        this.points = points;
        this.greatest = new double[axes.count() + 1];
    }

    /// The keys of all items.
    ///
    /// @param workers share the work
    static GraphKeys of(ItemVectors vectors, QueryAxes axes, Workers workers) {
        var keys = new GraphKeys(axes, new float[vectors.size()][]);
        workers.forEach(vectors.size(), item -> keys.points[item] = keys.coordinates(vectors, item));
        keys.centre();
        keys.evenLengths();
        return keys;
    }

    /// I.
    int size() {
        return points.length;
    }

    /// K, bytes of an item.
    int bytes() {
        return greatest.length;
    }

    /// An item's place among its neighbours, `[K + 1]`; not to be written to.
    float[] point(int item) {
        return points[item];
    }

    /// Coordinate `at` of an item for the search.
    byte code(int item, int at) {
        return greatest[at] == 0 ? 0 : (byte) Math.round(points[item][at] / greatest[at] * Byte.MAX_VALUE);
    }

    /// What a query is multiplied with to give its coordinate `at`, `[F]`: its product with an item's codes is
    /// then, but for a constant, the score.
    double[] queryRow(int at) {
        double[] row = new double[axes.mean().length];
        if (at < axes.count()) {
            double scale = step(at) / axes.deviation(at);
            Arrays.setAll(row, f -> axes.axis(at)[f] * scale);
        }
        return row;
    }

    /// What is added to a query's coordinate `at`.
    double queryOffset(int at) {
        if (at == axes.count()) {
            return step(at); // the mean query's share, which every query has once
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
            point[a] = (float) (axes.deviation(a) * dot(axes.axis(a), vector));
        }
        point[axes.count()] = (float) (dot(axes.mean(), vector) + vectors.bias(item));
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

    private void evenLengths() {
        double[] squares = new double[points.length];
        Arrays.setAll(squares, item -> squaredLength(points[item]));
        double[] sorted = squares.clone();
        Arrays.sort(sorted);
        double aim = sorted[(int) (LENGTH_QUANTILE * (sorted.length - 1))];
        double scale = aim > 0 ? 1 / Math.sqrt(aim) : 1; // so that distances are near 1, whatever the scores' size
        for (int item = 0; item < points.length; item++) {
            points[item][greatest.length] = (float) Math.sqrt(Math.max(0, aim - squares[item]));
            scale(points[item], scale);
        }
        scale(greatest, scale);
    }

    private static void scale(float[] point, double factor) {
        for (int at = 0; at < point.length; at++) {
            point[at] = (float) (point[at] * factor);
        }
    }

    private static void scale(double[] vector, double factor) {
        for (int at = 0; at < vector.length; at++) {
            vector[at] *= factor;
        }
    }

    private static double squaredLength(float[] point) {
        double sum = 0;
        for (float value : point) {
            sum += (double) value * value;
        }
        return sum;
    }

    private static double dot(double[] left, double[] right) {
        double a = 0;
        double b = 0;
        int even = left.length - left.length % 2;
        for (int at = 0; at < even; at += 2) {
            a += left[at] * right[at];
            b += left[at + 1] * right[at + 1];
        }
        return even == left.length ? a + b : a + b + left[even] * right[even];
    }
}
