package io.diffmm.training.ldiffrec;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.model.Vectors;
import io.diffmm.training.denoiser.SpectralStart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math4.legacy.ml.clustering.CentroidCluster;
import org.apache.commons.math4.legacy.ml.clustering.Clusterable;
import org.apache.commons.math4.legacy.ml.clustering.KMeansPlusPlusClusterer;
import org.apache.commons.math4.legacy.ml.distance.EuclideanDistance;
import org.apache.commons.rng.simple.RandomSource;

/// Groups of items that users have together, by k-means on vectors of the items.
final class ItemClusters {

    /// Item vectors are features, if there are any, else computed from the interactions.
    static final String AUTO = "auto";

    /// Item vectors are computed from the interactions.
    static final String INTERACTIONS = "interactions";

    private static final int WIDTH = 64;
    private static final int ROUNDS = 100;

    private ItemClusters() {}

    /// The group of each item, 0 to `count - 1`; the largest group first.
    ///
    /// @param vectors `auto`, `interactions`, or the name of a modality
    /// @param seed of k-means
    /// @param manager of what is computed on the way
    /// @throws IllegalArgumentException if there is no such modality, or there are fewer items than groups
    static int[] of(Dataset dataset, String vectors, int count, long seed, NDManager manager) {
        int items = dataset.items().size();
        if (items < count) {
            throw new IllegalArgumentException(
                    "latent.clusters is %d, and there are %d items; need at most as many groups"
                            .formatted(count, items));
        }
        if (count == 1) {
            return new int[items];
        }
        return groups(unit(vectors(dataset, vectors, manager)), count, seed);
    }

    private static List<double[]> vectors(Dataset dataset, String vectors, NDManager manager) {
        List<FeatureMatrix> features = dataset.features();
        if (vectors.equals(INTERACTIONS) || (vectors.equals(AUTO) && features.isEmpty())) {
            return spectral(dataset.train(), manager);
        }
        List<FeatureMatrix> chosen = features.stream()
                .filter(matrix -> vectors.equals(AUTO) || matrix.modality().equals(vectors))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    "latent.item-vectors is '%s', and the dataset has no such features; there are %s"
                            .formatted(
                                    vectors,
                                    features.stream()
                                            .map(FeatureMatrix::modality)
                                            .toList()));
        }
        return joined(chosen);
    }

    /// The features of each item, every modality's at length 1, one after the other.
    private static List<double[]> joined(List<FeatureMatrix> features) {
        return IntStream.range(0, features.getFirst().rows())
                .mapToObj(item -> features.stream()
                        .map(matrix -> unit(row(matrix, item)))
                        .flatMapToDouble(Arrays::stream)
                        .toArray())
                .toList();
    }

    private static double[] row(FeatureMatrix matrix, int item) {
        return IntStream.range(0, matrix.columns())
                .mapToDouble(column -> matrix.values()[item * matrix.columns() + column])
                .toArray();
    }

    /// Items in the leading singular vectors of the normalised interactions, `D_u^-1/2 X D_i^-1/2`.
    private static List<double[]> spectral(InteractionMatrix histories, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            int width = Math.min(WIDTH, histories.columns());
            Denoiser decomposed = Denoiser.random(scope, histories.columns(), 2, List.of(width));
            SpectralStart.set(List.of(decomposed), histories, scope);
            return Vectors.of(decomposed.items());
        }
    }

    private static List<double[]> unit(List<double[]> vectors) {
        return vectors.stream().map(ItemClusters::unit).toList();
    }

    private static double[] unit(double[] vector) {
        double length =
                Math.sqrt(Arrays.stream(vector).map(value -> value * value).sum());
        return length == 0
                ? vector
                : Arrays.stream(vector).map(value -> value / length).toArray();
    }

    /// An item for k-means.
    @SuppressWarnings("ArrayRecordComponent")
    private record Point(int item, double[] vector) implements Clusterable {

        @Override
        public double[] getPoint() {
            return vector;
        }
    }

    private static int[] groups(List<double[]> vectors, int count, long seed) {
        List<Point> points = IntStream.range(0, vectors.size())
                .mapToObj(item -> new Point(item, vectors.get(item)))
                .toList();
        var clusterer = new KMeansPlusPlusClusterer<Point>(
                count, ROUNDS, new EuclideanDistance(), RandomSource.SPLIT_MIX_64.create(seed));
        List<CentroidCluster<Point>> clusters = new ArrayList<>(clusterer.cluster(points));
        clusters.sort(
                (a, b) -> Integer.compare(b.getPoints().size(), a.getPoints().size()));
        int[] groups = new int[vectors.size()];
        for (int group = 0; group < clusters.size(); group++) {
            for (Point point : clusters.get(group).getPoints()) {
                groups[point.item()] = group;
            }
        }
        return groups;
    }
}
