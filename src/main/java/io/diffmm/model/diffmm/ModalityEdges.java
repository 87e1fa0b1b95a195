package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import java.util.ArrayList;
import java.util.List;

/// The items that a modality's diffusion ties to a user: the top of the denoised row.
final class ModalityEdges {

    private static final int BATCH = 1024;

    private ModalityEdges() {}

    /// The best `count` items of each denoised row; items of the history may be among them.
    ///
    /// @return one array of `count` items a row
    static List<int[]> of(HiddenReverseDiffusion diffusion, SparseRows rows, int count, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            int kept = Math.min(count, rows.columns());
            NDArray denoised = diffusion.denoise(rows, scope); // [B, I]
            long[] best = denoised.topK(kept, 1).get(1).toLongArray(); // [B, kept]
            List<int[]> edges = new ArrayList<>(rows.size());
            for (int row = 0; row < rows.size(); row++) {
                int[] items = new int[kept];
                for (int k = 0; k < kept; k++) {
                    items[k] = (int) best[row * kept + k];
                }
                edges.add(items);
            }
            return edges;
        }
    }

    /// The graph of one modality: the edges of every user.
    static InteractionMatrix ofAll(
            HiddenReverseDiffusion diffusion, InteractionMatrix histories, int count, NDManager manager) {
        List<int[]> edges = new ArrayList<>(histories.rows());
        for (int from = 0; from < histories.rows(); from += BATCH) {
            List<int[]> rows = new ArrayList<>();
            for (int user = from; user < Math.min(from + BATCH, histories.rows()); user++) {
                rows.add(histories.row(user));
            }
            edges.addAll(of(diffusion, new SparseRows(histories.columns(), rows), count, manager));
        }
        return InteractionMatrix.of(histories.columns(), edges);
    }
}
