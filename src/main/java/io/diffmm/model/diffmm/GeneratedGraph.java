package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.model.denoiser.DenoiserSettings;
import io.diffmm.model.denoiser.HistoryRows;
import io.diffmm.model.denoiser.TemporalWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The graph of one modality, for training: every user's row goes through the reverse diffusion, and its best items
/// become the user's edges.
final class GeneratedGraph {

    private static final int BATCH = 1024;

    private GeneratedGraph() {}

    /// The best items of each user's denoised row; items of the history may be among them.
    static InteractionMatrix of(
            Denoiser denoiser, DiffMmSettings settings, InteractionMatrix histories, NDManager manager) {
        DenoiserSettings own = settings.diffusion();
        HistoryRows rows = HistoryRows.of(histories.columns(), own, TemporalWeights.NONE);
        List<int[]> edges = new ArrayList<>(histories.rows());
        try (var diffusion = new HiddenReverseDiffusion(manager, denoiser, own.schedule(), own.prediction())) {
            for (int from = 0; from < histories.rows(); from += BATCH) {
                List<int[]> batch = IntStream.range(from, Math.min(from + BATCH, histories.rows()))
                        .mapToObj(histories::row)
                        .toList();
                edges.addAll(best(diffusion, denoiser, rows.of(batch), settings.edgesPerUser(), manager));
            }
        }
        return InteractionMatrix.of(histories.columns(), edges);
    }

    private static List<int[]> best(
            HiddenReverseDiffusion diffusion, Denoiser denoiser, SparseRows rows, int count, NDManager manager) {
        int kept = Math.min(count, rows.columns());
        try (NDManager scope = manager.newSubManager()) {
            NDArray denoised = diffusion.denoised(rows, denoiser.output(), scope); // [B, I]
            long[] best = denoised.topK(kept, 1).get(1).toLongArray(); // [B, kept]
            return IntStream.range(0, rows.size())
                    .mapToObj(row -> IntStream.range(row * kept, (row + 1) * kept)
                            .map(at -> (int) best[at])
                            .toArray())
                    .toList();
        }
    }
}
