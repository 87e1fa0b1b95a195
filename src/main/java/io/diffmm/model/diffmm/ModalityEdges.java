package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ExactSearch;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.Wanted;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/// The items that a modality's diffusion ties to a user: the best of the denoised row, items of the history among them.
///
/// Memory: what it holds belongs to the manager given at construction; a call frees what it made.
final class ModalityEdges {

    private final NDManager manager;
    private final HiddenReverseDiffusion diffusion;
    private final ItemSearch outputs; // V, v
    private final int items;
    private final Wanted wanted;

    private ModalityEdges(
            NDManager manager, HiddenReverseDiffusion diffusion, ItemSearch outputs, int items, Wanted wanted) {
        this.manager = manager;
        this.diffusion = diffusion;
        this.outputs = outputs;
        this.items = items;
        this.wanted = wanted;
    }

    /// The edges of a modality by its published denoiser.
    static ModalityEdges of(
            NDList arrays, String modality, DiffMmSettings settings, Precision precision, NDManager manager) {
        Denoiser denoiser = Denoiser.of(arrays, WeightNames.denoiser(modality));
        var diffusion = new HiddenReverseDiffusion(
                manager, denoiser, settings.diffusion().schedule());
        ItemVectors outputs = vectors(denoiser.output(), manager);
        return new ModalityEdges(
                manager,
                diffusion,
                new ExactSearch(outputs, precision, manager),
                outputs.size(),
                new Wanted(new BitSet(), settings.edgesPerUser()));
    }

    private static ItemVectors vectors(Denoiser.Layer output, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray transposed = scope.ret(output.weight().transpose());
            transposed.attach(scope);
            return ItemVectors.of(transposed, output.bias()); // [I, F], [I]
        }
    }

    /// The edges of each history.
    List<int[]> of(List<int[]> histories, StageTimes times) {
        List<double[]> features = times.measure(Stage.DIFFUSION, () -> features(new SparseRows(items, histories)));
        return times
                .measure(Stage.OUTPUT, () -> outputs.best(features, Collections.nCopies(histories.size(), wanted)))
                .stream()
                .map(Ranking::rows)
                .toList();
    }

    /// `f_1`, B vectors `[F]`.
    private List<double[]> features(SparseRows rows) {
        try (NDManager scope = manager.newSubManager()) {
            float[] values = diffusion.features(rows, scope).toFloatArray();
            int width = values.length / rows.size();
            List<double[]> features = new ArrayList<>(rows.size());
            for (int row = 0; row < rows.size(); row++) {
                double[] feature = new double[width];
                for (int at = 0; at < width; at++) {
                    feature[at] = values[row * width + at];
                }
                features.add(feature);
            }
            return features;
        }
    }
}
