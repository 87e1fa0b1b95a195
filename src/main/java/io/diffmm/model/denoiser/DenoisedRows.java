package io.diffmm.model.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.model.Recency;
import io.diffmm.model.Tensors;
import io.diffmm.model.UserVector;
import io.diffmm.model.Vectors;
import io.diffmm.ranking.SparseScores;
import io.diffmm.retrieval.ItemVectors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Users' rows after the T-step reverse diffusion of one denoiser, as products with the items' vectors in its output
/// layer.
///
/// Memory: what it holds belongs to the manager given at construction; a call frees what it made.
public final class DenoisedRows implements SingleView.Users {

    private final NDManager manager;
    private final Denoiser denoiser;
    private final HistoryRows rows;
    private final HiddenReverseDiffusion diffusion;

    /// The rows that a denoiser gives.
    ///
    /// @param temporal what the interactions of a history weigh
    /// @param manager owns what is computed once
    public DenoisedRows(Denoiser denoiser, DenoiserSettings settings, TemporalWeights temporal, NDManager manager) {
        this.manager = manager;
        this.denoiser = denoiser;
        this.rows = HistoryRows.of((int) denoiser.items().getShape().get(0), settings, temporal);
        this.diffusion = new HiddenReverseDiffusion(manager, denoiser, settings.schedule(), settings.prediction());
    }

    /// I.
    public int items() {
        return rows.items();
    }

    /// The items' vectors `V` and biases; read from the denoiser's arrays.
    ///
    /// @param owner of their memory
    public ItemVectors vectors(NDManager owner) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray transposed = scope.ret(denoiser.output().weight().transpose());
            transposed.attach(scope);
            NDArray bias = Tensors.alias(denoiser.output().bias(), scope).mul(diffusion.outputShare());
            return ItemVectors.of(transposed, bias, owner); // [I, F], [I]
        }
    }

    /// The greatest length of an item's vector.
    public double longest() {
        try (NDManager scope = manager.newSubManager()) {
            NDArray squares =
                    Tensors.alias(denoiser.output().weight(), scope).square().sum(new int[] {0}); // [I]
            return Math.sqrt(squares.max().getFloat());
        }
    }

    /// @return B vectors `[F]`, with what the reverse diffusion leaves of the rows themselves
    @Override
    public List<UserVector> of(List<int[]> histories, Recency recency) {
        SparseRows own = rows.of(histories, recency);
        try (NDManager scope = manager.newSubManager()) {
            List<double[]> features = Vectors.of(diffusion.features(own, scope));
            List<UserVector> users = new ArrayList<>(features.size());
            for (int row = 0; row < features.size(); row++) {
                users.add(new UserVector(features.get(row), left(own, row)));
            }
            return users;
        }
    }

    private SparseScores left(SparseRows own, int row) {
        double share = diffusion.rowShare();
        if (share == 0) {
            return SparseScores.NONE;
        }
        int[] items = own.rows().get(row);
        float[] values = own.values().get(row);
        int[] order = IntStream.range(0, items.length)
                .boxed()
                .sorted((a, b) -> Integer.compare(items[a], items[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new SparseScores(
                IntStream.of(order).map(at -> items[at]).toArray(),
                IntStream.of(order).mapToDouble(at -> share * values[at]).toArray());
    }

    @Override
    public void close() {
        diffusion.close();
    }
}
