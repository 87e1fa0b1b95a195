package io.diffmm.model.ldiffrec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.Recency;
import io.diffmm.model.UserVector;
import io.diffmm.model.Vectors;
import io.diffmm.model.denoiser.HistoryRows;
import io.diffmm.model.denoiser.SingleView;
import io.diffmm.retrieval.ItemVectors;
import java.util.List;

/// Users as latent rows after the T-step reverse diffusion: `history -> mean of the encoders -> T steps -> x_0
/// [L]`, whose products with the decoder's columns are the scores.
///
/// Memory: what it holds belongs to the manager given at construction; a call frees what it made.
final class LatentUsers implements SingleView.Users {

    private final NDManager manager;
    private final HistoryRows rows;
    private final EngineScript encoder;
    private final Denoiser.Layer output;
    private final HiddenReverseDiffusion diffusion;

    LatentUsers(Autoencoder autoencoder, Denoiser denoiser, LDiffRecSettings settings, NDManager manager) {
        this.manager = manager;
        this.rows = HistoryRows.of(autoencoder.items(), settings.diffusion(), settings.temporal());
        this.encoder = EngineScript.load("latent-encoder", manager);
        try (NDManager scope = manager.newSubManager()) {
            encoder.call("prepare", scope, autoencoder.weight(), autoencoder.bias());
        }
        this.output = denoiser.output();
        this.diffusion = new HiddenReverseDiffusion(
                manager,
                denoiser,
                settings.diffusion().schedule(),
                settings.diffusion().prediction());
    }

    /// The decoder's columns and biases.
    static ItemVectors items(Autoencoder autoencoder, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray transposed = scope.ret(autoencoder.decoder().transpose());
            transposed.attach(scope);
            return ItemVectors.of(transposed, autoencoder.decoderBias(), manager); // [I, L], [I]
        }
    }

    @Override
    public List<UserVector> of(List<int[]> histories, Recency recency) {
        SparseRows own = rows.of(histories, recency);
        try (NDManager scope = manager.newSubManager()) {
            NDArray latent = encoder.call("forward", scope, own.columns(scope), own.offsets(scope), own.values(scope));
            NDArray denoised = diffusion.denoised(latent, output, scope); // [B, L]
            return Vectors.of(denoised).stream().map(UserVector::of).toList();
        }
    }

    @Override
    public void close() {
        encoder.close();
        diffusion.close();
    }
}
