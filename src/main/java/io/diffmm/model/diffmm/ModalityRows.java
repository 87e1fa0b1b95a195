package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.engine.EngineThreads;
import io.diffmm.model.Recency;
import io.diffmm.model.RoundingBound;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.Tensors;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.retrieval.Wanted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/// A modality's denoised rows, `f_1 V + v`, and the items that they tie to a user: the best ones, items of the history
/// among them.
///
/// Where the last of those edges and the item after it are so near that float32's rounding could decide, the user is
/// computed once more alone and on one core, and that decides; so that the edges, and all that follows, do not depend
/// on who else asked.
///
/// Memory: what it holds belongs to the manager given at construction; a call frees what it made.
final class ModalityRows {

    private static final String DENOISED = "denoised-";

    private final NDManager manager;
    private final String name;
    private final Objective objective;
    private final HiddenReverseDiffusion diffusion;
    private final ItemSearch outputs; // V, v
    private final int items;
    private final double longest;
    private final int count;

    private ModalityRows(
            NDManager manager,
            String name,
            Objective objective,
            HiddenReverseDiffusion diffusion,
            ItemSearch outputs,
            double longest,
            int count) {
        this.manager = manager;
        this.name = name;
        this.objective = objective;
        this.diffusion = diffusion;
        this.outputs = outputs;
        this.items = outputs.vectors().size();
        this.longest = longest;
        this.count = Math.min(count, items);
    }

    /// The edges of a modality by its published denoiser.
    static ModalityRows of(
            NDList arrays, String name, DiffMmSettings settings, ItemSearches searches, NDManager manager) {
        Denoiser denoiser = Denoiser.of(arrays, WeightNames.denoiser(name));
        var diffusion = new HiddenReverseDiffusion(
                manager, denoiser, settings.diffusion().schedule());
        int items = (int) denoiser.items().getShape().get(0);
        ItemSearch outputs = searches.open(DENOISED + name, items, () -> vectors(denoiser.output(), manager));
        return new ModalityRows(
                manager,
                name,
                settings.diffusion().objective(),
                diffusion,
                outputs,
                longest(denoiser.output(), manager),
                settings.edgesPerUser());
    }

    private static ItemVectors vectors(Denoiser.Layer output, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray transposed = scope.ret(output.weight().transpose());
            transposed.attach(scope);
            return ItemVectors.of(transposed, output.bias()); // [I, F], [I]
        }
    }

    /// The greatest length of an item's output vector.
    private static double longest(Denoiser.Layer output, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray squares = Tensors.alias(output.weight(), scope).square().sum(new int[] {0}); // [I]
            return Math.sqrt(squares.max().getFloat());
        }
    }

    /// The modality's name.
    String name() {
        return name;
    }

    /// Builds the index of its search.
    ///
    /// @param sample histories of some users
    void index(Path weights, List<int[]> sample) throws IOException {
        ItemSearches.index(weights, DENOISED + name, outputs.vectors(), features(sample, Recency.NONE));
    }

    /// The edges of each history, B arrays.
    ///
    /// @param features what [#features] gives for them
    List<int[]> edges(List<int[]> histories, List<double[]> features, Recency recency, StageTimes times) {
        List<Ranking> best = times.measure(Stage.OUTPUT, () -> best(features));
        List<int[]> edges = new ArrayList<>(histories.size());
        for (int row = 0; row < histories.size(); row++) {
            boolean clear = isClear(best.get(row), features.get(row));
            edges.add(firstOf(clear ? best.get(row) : alone(histories.get(row), recency)));
        }
        return edges;
    }

    /// The search over the output layer.
    ItemSearch outputs() {
        return outputs;
    }

    /// The best items as one user on one core has them, which always rounds in the same way.
    private Ranking alone(int[] history, Recency recency) {
        return EngineThreads.with(1, () -> best(features(List.of(history), recency)))
                .getFirst();
    }

    /// One more than there are edges: the item after them tells whether they are clear.
    private List<Ranking> best(List<double[]> features) {
        return outputs.best(features, Collections.nCopies(features.size(), new Wanted(new BitSet(), count + 1)));
    }

    private boolean isClear(Ranking best, double[] features) {
        return RoundingBound.isClear(best, count - 1, count, RoundingBound.of(ItemVectors.norm(features), longest));
    }

    /// In the order of the items, so that two edges that are nearly equal are added up in one order.
    private int[] firstOf(Ranking best) {
        int[] edges = Arrays.copyOf(best.rows(), count);
        Arrays.sort(edges);
        return edges;
    }

    /// `f_1`, B vectors `[F]`.
    List<double[]> features(List<int[]> histories, Recency recency) {
        try (NDManager scope = manager.newSubManager()) {
            float[] values = diffusion.features(rows(histories, recency), scope).toFloatArray();
            int width = values.length / histories.size();
            List<double[]> features = new ArrayList<>(histories.size());
            for (int row = 0; row < histories.size(); row++) {
                double[] feature = new double[width];
                for (int at = 0; at < width; at++) {
                    feature[at] = values[row * width + at];
                }
                features.add(feature);
            }
            return features;
        }
    }

    private SparseRows rows(List<int[]> histories, Recency recency) {
        return objective.rows(items, histories).weighted(recency::weights);
    }

    /// Frees what the search holds.
    void close() {
        outputs.close();
        diffusion.close();
    }
}
