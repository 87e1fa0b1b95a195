package io.diffmm.retrieval;

import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.SparseScores;
import io.diffmm.ranking.TopK.TopKHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Generated items and queries that share a few latent directions, like those of a trained model. The items' vectors
/// contain noise, and their biases vary.
record Catalogue(ItemVectors vectors, List<double[]> queries) {

    private static final int LATENT = 6;

    static Catalogue of(int items, int width, int queries, SplittableRandom random) {
        double[][] directions = gaussian(LATENT, width, 1 / Math.sqrt(width), random);
        List<float[]> vectors = new ArrayList<>();
        float[] biases = new float[items];
        for (int item = 0; item < items; item++) {
            vectors.add(floats(mixture(directions, 1 + random.nextDouble(), 0.3 / Math.sqrt(width), random)));
            biases[item] = (float) (-0.3 * Math.log(1 - random.nextDouble()));
        }
        List<double[]> generated = new ArrayList<>();
        for (int query = 0; query < queries; query++) {
            double[] vector = mixture(directions, 1, 0, random);
            Arrays.setAll(vector, at -> Math.tanh(0.2 + vector[at]));
            generated.add(vector);
        }
        return new Catalogue(vectors(vectors, biases), generated);
    }

    /// Returns the same queries with items whose scores are multiplied by `factor`.
    Catalogue times(double factor) {
        List<float[]> rows = new ArrayList<>();
        float[] biases = new float[vectors.size()];
        for (int item = 0; item < biases.length; item++) {
            double[] row = vectors.vector(item);
            Arrays.setAll(row, at -> row[at] * factor);
            rows.add(floats(row));
            biases[item] = (float) (vectors.bias(item) * factor);
        }
        return new Catalogue(vectors(rows, biases), queries);
    }

    static ItemVectors vectors(List<float[]> rows, float[] biases) {
        int width = rows.getFirst().length;
        float[] all = new float[rows.size() * width];
        for (int row = 0; row < rows.size(); row++) {
            System.arraycopy(rows.get(row), 0, all, row * width, width);
        }
        return new ItemVectors(segment(all), segment(biases), width);
    }

    Ranking bruteForce(double[] query, TopKRequest request) {
        var best = new TopKHeap(Math.min(request.count(), vectors.size()));
        for (int item = 0; item < vectors.size(); item++) {
            if (!request.excluded().get(item)) {
                best.offer(item, vectors.product(query, item) + request.added().of(item));
            }
        }
        return best.drain();
    }

    /// Returns scores of a random share of the items, of random scale and sign.
    static SparseScores randomScores(int items, SplittableRandom random) {
        double share = random.nextBoolean() ? 0 : random.nextDouble();
        double scale = Math.pow(10, random.nextInt(-3, 3));
        int[] scored = IntStream.range(0, items)
                .filter(_ -> random.nextDouble() < share)
                .toArray();
        return new SparseScores(
                scored, random.doubles(scored.length, -scale, scale).toArray());
    }

    static TopKRequest all(int count) {
        return new TopKRequest(new BitSet(), count);
    }

    private static double[] mixture(double[][] directions, double scale, double noise, SplittableRandom random) {
        double[] vector = new double[directions[0].length];
        for (double[] direction : directions) {
            double weight = scale * random.nextGaussian();
            for (int at = 0; at < vector.length; at++) {
                vector[at] += weight * direction[at];
            }
        }
        for (int at = 0; at < vector.length; at++) {
            vector[at] += noise * random.nextGaussian();
        }
        return vector;
    }

    private static double[][] gaussian(int rows, int columns, double scale, SplittableRandom random) {
        double[][] matrix = new double[rows][columns];
        for (double[] row : matrix) {
            Arrays.setAll(row, _ -> scale * random.nextGaussian());
        }
        return matrix;
    }

    private static float[] floats(double[] vector) {
        float[] copy = new float[vector.length];
        for (int at = 0; at < copy.length; at++) {
            copy[at] = (float) vector[at];
        }
        return copy;
    }

    private static MemorySegment segment(float[] values) {
        MemorySegment segment = Arena.ofAuto().allocate((long) values.length * Float.BYTES);
        for (int at = 0; at < values.length; at++) {
            segment.set(ItemVectors.FLOAT, (long) at * Float.BYTES, values[at]);
        }
        return segment;
    }
}
