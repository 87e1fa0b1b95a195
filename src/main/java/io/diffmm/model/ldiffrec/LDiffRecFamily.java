package io.diffmm.model.ldiffrec;

import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.model.PublishedWeights;
import io.diffmm.model.Tensors;
import io.diffmm.model.Views;
import io.diffmm.model.denoiser.DenoiserArrays;
import io.diffmm.model.denoiser.SingleView;
import io.diffmm.model.denoiser.SingleViewFamily;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// A family whose model is an autoencoder and a denoiser of its latent rows; its view has the family's name.
///
/// @param name of the family
/// @param isTemporal whether recent interactions may weigh more
public record LDiffRecFamily(String name, boolean isTemporal) implements SingleViewFamily {

    /// All interactions of a history weigh the same.
    public static final LDiffRecFamily L_DIFFREC = new LDiffRecFamily("l-diffrec", false);

    /// Recent interactions weigh more.
    public static final LDiffRecFamily LT_DIFFREC = new LDiffRecFamily("lt-diffrec", true);

    /// The prefix of the denoiser's arrays, which are those of [Denoiser#parameters].
    public static final String DENOISER = "denoiser.";

    @Override
    public LDiffRecSettings settings(Map<String, Object> tree) {
        LDiffRecSettings settings = LDiffRecSettings.of(tree);
        if (!isTemporal) {
            settings.temporal().requireNone(name, LT_DIFFREC.name());
        }
        return settings;
    }

    @Override
    public Views load(Path weights, Map<String, Object> tree, NDManager parent, SearchSettings search)
            throws IOException {
        LDiffRecSettings settings = settings(tree);
        return PublishedWeights.load(weights, parent, (arrays, manager) -> {
            int width = settings.latent().width();
            DenoiserArrays.check(arrays, DENOISER, width, settings.diffusion());
            Autoencoder autoencoder = Autoencoder.of(arrays, width);
            arrays.forEach(Tensors::requireFinite);
            Views views = views(
                    autoencoder,
                    Denoiser.of(arrays, DENOISER),
                    settings,
                    ItemSearches.of(weights, search, manager),
                    manager);
            autoencoder.decoder().close(); // copied
            return views;
        });
    }

    /// The view of a model.
    ///
    /// @param searches opens the search for similar items
    /// @param manager taken over
    public Views views(
            Autoencoder autoencoder,
            Denoiser denoiser,
            LDiffRecSettings settings,
            ItemSearches searches,
            NDManager manager) {
        var users = new LatentUsers(autoencoder, denoiser, settings, manager);
        return new SingleView(name, LatentUsers.items(autoencoder, manager), users, searches, manager);
    }
}
