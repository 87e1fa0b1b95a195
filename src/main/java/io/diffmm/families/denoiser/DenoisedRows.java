package io.diffmm.families.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel.UserVector;
import io.diffmm.model.SingleView;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.ranking.SparseScores;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.safetensors.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// User rows after the T-step reverse diffusion of one denoiser, as products with the item vectors of its output
/// layer.
///
/// Memory: its arrays belong to the manager passed to the constructor; a call frees its own.
public final class DenoisedRows implements SingleView.UserEncoder {

    private final NDManager manager;
    private final Denoiser denoiser;
    private final HistoryRows rows;
    private final HiddenReverseDiffusion diffusion;

    /// @param temporal temporal weights of the interactions of a history
    /// @param manager owner of the arrays computed once
    public DenoisedRows(Denoiser denoiser, DenoiserSettings settings, TemporalWeights temporal, NDManager manager) {
        this.manager = manager;
        this.denoiser = denoiser;
        this.rows = HistoryRows.of((int) denoiser.items().getShape().get(0), settings, temporal);
        this.diffusion = new HiddenReverseDiffusion(manager, denoiser, settings.schedule(), settings.prediction());
    }

    /// Requires the arrays of a published denoiser.
    ///
    /// @param prefix prefix of their names
    /// @param width width of the denoised rows
    /// @throws IllegalArgumentException naming the array that is missing or has another shape
    public static void requireDenoiser(NDList arrays, String prefix, long width, DenoiserSettings settings) {
        List<Integer> hidden = settings.hidden();
        int embedding = settings.stepEmbedding();
        Tensors.require(arrays, prefix + "in.items", width, hidden.getFirst());
        Tensors.require(arrays, prefix + "in.steps", embedding, hidden.getFirst());
        Tensors.require(arrays, prefix + "in.bias", hidden.getFirst());
        Tensors.require(arrays, prefix + "step.weight", embedding, embedding);
        Tensors.require(arrays, prefix + "step.bias", embedding);
        for (int layer = 0; layer < hidden.size(); layer++) {
            long out = layer + 1 < hidden.size() ? hidden.get(layer + 1) : width;
            Tensors.require(arrays, prefix + "layer." + layer + ".weight", hidden.get(layer), out);
            Tensors.require(arrays, prefix + "layer." + layer + ".bias", out);
        }
    }

    /// I, the number of items.
    public int items() {
        return rows.items();
    }

    /// Item vectors `V` and biases, read from the denoiser's arrays.
    ///
    /// @param owner owner of their memory
    public ItemVectors vectors(NDManager owner) {
        return vectors(denoiser.output(), diffusion.outputShare(), owner);
    }

    /// Returns the item vectors of an output layer.
    ///
    /// @param share coefficient of the biases
    /// @param owner owner of their memory
    static ItemVectors vectors(Denoiser.Layer output, double share, NDManager owner) {
        try (NDManager scope = owner.newSubManager()) {
            NDArray transposed = scope.ret(output.weight().transpose());
            transposed.attach(scope);
            NDArray bias = Tensors.alias(output.bias(), scope).mul(share);
            return ItemVectors.of(transposed, bias, owner); // [I, F], [I]
        }
    }

    /// Length of the longest item vector.
    public double longest() {
        try (NDManager scope = manager.newSubManager()) {
            NDArray squares =
                    Tensors.alias(denoiser.output().weight(), scope).square().sum(new int[] {0}); // [I]
            return Math.sqrt(squares.max().getFloat());
        }
    }

    /// @return B vectors `[F]`, with the remainder of the rows themselves as added scores
    @Override
    public List<UserVector> encode(List<int[]> histories, Recency recency) {
        SparseRows own = rows.of(histories, recency);
        try (NDManager scope = manager.newSubManager()) {
            List<double[]> features = Tensors.rows(diffusion.features(own, scope));
            List<UserVector> users = new ArrayList<>(features.size());
            for (int row = 0; row < features.size(); row++) {
                users.add(new UserVector(features.get(row), remainder(own, row)));
            }
            return users;
        }
    }

    private SparseScores remainder(SparseRows own, int row) {
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
    public Stage stage() {
        return Stage.DIFFUSION;
    }

    @Override
    public boolean isRounded() {
        return true;
    }

    @Override
    public void close() {
        diffusion.close();
    }
}
