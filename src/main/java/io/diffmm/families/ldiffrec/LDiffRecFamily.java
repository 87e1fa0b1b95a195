package io.diffmm.families.ldiffrec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.engine.EngineScript;
import io.diffmm.families.denoiser.DenoisedRows;
import io.diffmm.families.denoiser.HistoryRows;
import io.diffmm.families.ldiffrec.LatentModel.Autoencoder;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.ScoringModel.UserVector;
import io.diffmm.model.SingleView;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.safetensors.Tensors;
import java.util.List;
import java.util.Map;

/// Family with an autoencoder and a denoiser of its latent rows; its view has the family's name.
///
/// This class is L-DiffRec, with equal weights of all interactions.
public class LDiffRecFamily implements ModelFamily<LDiffRecSettings> {

    /// Prefix of the denoiser's arrays, those of [Denoiser#parameters].
    static final String DENOISER = "denoiser.";

    private static final String TEMPORAL = "lt-diffrec";

    private final String name;

    /// L-DiffRec.
    public LDiffRecFamily() {
        this("l-diffrec");
    }

    private LDiffRecFamily(String name) {
        this.name = name;
    }

    /// LT-DiffRec, with greater weights of recent interactions.
    public static final class Temporal extends LDiffRecFamily {

        /// LT-DiffRec.
        public Temporal() {
            super(TEMPORAL);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public LDiffRecSettings settings(Map<String, Object> tree) {
        LDiffRecSettings settings = LDiffRecSettings.of(tree);
        if (!name.equals(TEMPORAL)) {
            settings.temporal().requireNone(name, TEMPORAL);
        }
        return settings;
    }

    @Override
    public ScoringModel views(NDList arrays, LDiffRecSettings settings, ItemSearches searches, NDManager manager) {
        int width = settings.latent().width();
        DenoisedRows.requireDenoiser(arrays, DENOISER, width, settings.diffusion());
        Autoencoder autoencoder = Autoencoder.of(arrays, width);
        arrays.forEach(Tensors::requireFinite);
        ScoringModel views = views(autoencoder, Denoiser.of(arrays, DENOISER), settings, searches, manager);
        autoencoder.decoder().close(); // copied
        return views;
    }

    /// Returns the view of a model.
    ///
    /// @param searches opens the search for similar items
    /// @param manager owner of the arrays; closed with the view
    ScoringModel views(
            Autoencoder autoencoder,
            Denoiser denoiser,
            LDiffRecSettings settings,
            ItemSearches searches,
            NDManager manager) {
        var users = new LatentUsers(autoencoder, denoiser, settings, manager);
        return new SingleView(name, LatentUsers.items(autoencoder, manager), users, searches, manager);
    }

    /// Users as latent rows after the T-step reverse diffusion,
    /// `history -> mean of the encoders -> T steps -> x_0 [L]`; the scores are their products with the
    /// columns of the decoder.
    ///
    /// Memory: its arrays belong to the manager passed to the constructor; a call frees its own.
    private static final class LatentUsers implements SingleView.UserEncoder {

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

        /// Returns the columns and biases of the decoder.
        static ItemVectors items(Autoencoder autoencoder, NDManager manager) {
            try (NDManager scope = manager.newSubManager()) {
                NDArray transposed = scope.ret(autoencoder.decoder().transpose());
                transposed.attach(scope);
                return ItemVectors.of(transposed, autoencoder.decoderBias(), manager); // [I, L], [I]
            }
        }

        @Override
        public List<UserVector> encode(List<int[]> histories, Recency recency) {
            SparseRows own = rows.of(histories, recency);
            try (NDManager scope = manager.newSubManager()) {
                NDArray latent =
                        encoder.call("forward", scope, own.columns(scope), own.offsets(scope), own.values(scope));
                NDArray denoised = diffusion.denoised(latent, output, scope); // [B, L]
                return Tensors.rows(denoised).stream().map(UserVector::of).toList();
            }
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
            encoder.close();
            diffusion.close();
        }
    }
}
