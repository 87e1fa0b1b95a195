package io.diffmm.families.ldiffrec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.engine.EngineArrays;
import io.diffmm.families.denoiser.SpectralInitialisation;
import io.diffmm.safetensors.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math4.legacy.ml.clustering.CentroidCluster;
import org.apache.commons.math4.legacy.ml.clustering.Clusterable;
import org.apache.commons.math4.legacy.ml.clustering.KMeansPlusPlusClusterer;
import org.apache.commons.math4.legacy.ml.distance.EuclideanDistance;
import org.apache.commons.rng.simple.RandomSource;

/// Groups of items often used together, found by k-means on item vectors, and the dimensions of a latent row that each
/// group is encoded in.
///
/// The numbers of dimensions of the groups are in proportion to their sizes, and at least 1.
final class ItemGroups {

    /// Value of `latent.item-vectors` for features, or interactions if there are no features.
    static final String AUTO = "auto";

    /// Value of `latent.item-vectors` for interactions.
    static final String INTERACTIONS = "interactions";

    private static final int WIDTH = 64;
    private static final int ROUNDS = 100;

    private final int[] groups; // [I]
    private final int[] sizes; // [C]
    private final int[] widths; // [C]

    /// @param groups group of each item, 0 to `count - 1`
    /// @param width L, at least `count`
    ItemGroups(int[] groups, int count, int width) {
        this.groups = groups;
        this.sizes = new int[count];
        Arrays.stream(groups).forEach(group -> sizes[group]++);
        this.widths = widths(width);
    }

    /// Groups the items of a dataset.
    ///
    /// @param seed seed of k-means
    /// @param manager owner of intermediate arrays
    /// @throws IllegalArgumentException if the modality does not exist, or there are fewer items than groups
    static ItemGroups of(Dataset dataset, LDiffRecSettings.Latent latent, long seed, NDManager manager) {
        int[] groups = cluster(dataset, latent.itemVectors(), latent.clusters(), seed, manager);
        return new ItemGroups(groups, latent.clusters(), latent.width());
    }

    /// Returns the group of each item, 0 to `count - 1`; the largest group first.
    ///
    /// @param vectors `auto`, `interactions`, or the name of a modality
    static int[] cluster(Dataset dataset, String vectors, int count, long seed, NDManager manager) {
        int items = dataset.items().size();
        if (items < count) {
            throw new IllegalArgumentException(
                    "latent.clusters is %d; need at most the number of items, %d".formatted(count, items));
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
            throw new IllegalArgumentException("latent.item-vectors is '%s', but the features of the dataset are %s"
                    .formatted(
                            vectors,
                            features.stream().map(FeatureMatrix::modality).toList()));
        }
        return joined(chosen);
    }

    /// Returns the concatenated features of each item, those of every modality at length 1.
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

    /// Returns item vectors from the leading singular vectors of the normalised interactions,
    /// `D_u^-1/2 X D_i^-1/2`.
    private static List<double[]> spectral(InteractionMatrix histories, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            int width = Math.min(WIDTH, histories.columns());
            Denoiser decomposed = Denoiser.random(scope, histories.columns(), 2, List.of(width));
            SpectralInitialisation.set(List.of(decomposed), histories, scope);
            return Tensors.rows(decomposed.items());
        }
    }

    private static List<double[]> unit(List<double[]> vectors) {
        return vectors.stream().map(ItemGroups::unit).toList();
    }

    private static double[] unit(double[] vector) {
        double length =
                Math.sqrt(Arrays.stream(vector).map(value -> value * value).sum());
        return length == 0
                ? vector
                : Arrays.stream(vector).map(value -> value / length).toArray();
    }

    /// Item vector for k-means.
    @SuppressWarnings("ArrayRecordComponent")
    private record ItemPoint(int item, double[] vector) implements Clusterable {

        @Override
        public double[] getPoint() {
            return vector;
        }
    }

    private static int[] groups(List<double[]> vectors, int count, long seed) {
        List<ItemPoint> points = IntStream.range(0, vectors.size())
                .mapToObj(item -> new ItemPoint(item, vectors.get(item)))
                .toList();
        var clusterer = new KMeansPlusPlusClusterer<ItemPoint>(
                count, ROUNDS, new EuclideanDistance(), RandomSource.SPLIT_MIX_64.create(seed));
        List<CentroidCluster<ItemPoint>> clusters = new ArrayList<>(clusterer.cluster(points));
        clusters.sort(
                (a, b) -> Integer.compare(b.getPoints().size(), a.getPoints().size()));
        int[] groups = new int[vectors.size()];
        for (int group = 0; group < clusters.size(); group++) {
            for (ItemPoint point : clusters.get(group).getPoints()) {
                groups[point.item()] = group;
            }
        }
        return groups;
    }

    /// Returns integers that sum to `width`, nearest to the proportions of the groups: the remainder after rounding
    /// down goes to the groups with the greatest shortfall.
    private int[] widths(int width) {
        int[] widths = new int[sizes.length];
        for (int group = 0; group < sizes.length; group++) {
            widths[group] = Math.max(1, (int) ((long) width * sizes[group] / groups.length));
        }
        for (int left = width - Arrays.stream(widths).sum(); left != 0; left -= Integer.signum(left)) {
            widths[largestGap(widths, width, Integer.signum(left))] += Integer.signum(left);
        }
        return widths;
    }

    private int largestGap(int[] widths, int width, int direction) {
        int found = -1;
        double max = Double.NEGATIVE_INFINITY;
        for (int group = 0; group < widths.length; group++) {
            double gap = direction * ((double) width * sizes[group] / groups.length - widths[group]);
            if (gap > max && widths[group] + direction > 0) {
                max = gap;
                found = group;
            }
        }
        return found;
    }

    /// Number of latent dimensions of each group.
    int[] widths() {
        return widths.clone();
    }

    /// Returns 1 where an item and a latent dimension are of one group, else 0, `[I, L]`.
    NDArray mask(NDManager manager) {
        int width = Arrays.stream(widths).sum();
        float[] mask = new float[Math.multiplyExact(groups.length, width)];
        int[] starts = starts();
        for (int item = 0; item < groups.length; item++) {
            int from = item * width + starts[groups[item]];
            Arrays.fill(mask, from, from + widths[groups[item]], 1);
        }
        return EngineArrays.dense(manager, mask, new Shape(groups.length, width));
    }

    /// Returns the standard deviation of the encoders' random weights, `sqrt(2 / (fan in + fan out))` by group,
    /// `[L]`.
    ///
    /// An encoder computes a mean and a log-variance, so its fan-out is twice its width.
    NDArray deviations(NDManager manager) {
        float[] deviations = new float[Arrays.stream(widths).sum()];
        int[] starts = starts();
        for (int group = 0; group < widths.length; group++) {
            float deviation = (float) Math.sqrt(2.0 / (sizes[group] + 2 * widths[group]));
            Arrays.fill(deviations, starts[group], starts[group] + widths[group], deviation);
        }
        return EngineArrays.dense(manager, deviations, new Shape(deviations.length));
    }

    private int[] starts() {
        int[] starts = new int[widths.length];
        for (int group = 1; group < widths.length; group++) {
            starts[group] = starts[group - 1] + widths[group - 1];
        }
        return starts;
    }
}
