package io.diffmm.model.diffrec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.model.PublishedWeights;
import io.diffmm.model.Tensors;
import io.diffmm.model.Views;
import io.diffmm.model.denoiser.DenoisedRows;
import io.diffmm.model.denoiser.DenoiserArrays;
import io.diffmm.model.denoiser.SingleView;
import io.diffmm.model.denoiser.SingleViewFamily;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// A family whose model is one denoiser of rows as wide as the catalogue; its view has the family's name.
///
/// @param name of the family
/// @param isTemporal whether recent interactions may weigh more
public record DiffRecFamily(String name, boolean isTemporal) implements SingleViewFamily {

    /// All interactions of a history weigh the same.
    public static final DiffRecFamily DIFFREC = new DiffRecFamily("diffrec", false);

    /// Recent interactions weigh more.
    public static final DiffRecFamily T_DIFFREC = new DiffRecFamily("t-diffrec", true);

    /// The prefix of the denoiser's arrays, which are those of [Denoiser#parameters].
    public static final String DENOISER = "denoiser.";

    @Override
    public DiffRecSettings settings(Map<String, Object> tree) {
        DiffRecSettings settings = DiffRecSettings.of(tree);
        if (!isTemporal) {
            settings.temporal().requireNone(name, T_DIFFREC.name());
        }
        return settings;
    }

    @Override
    public Views load(Path weights, Map<String, Object> tree, NDManager parent, SearchSettings search)
            throws IOException {
        DiffRecSettings settings = settings(tree);
        return PublishedWeights.load(weights, parent, (arrays, manager) -> {
            check(arrays, settings);
            Views views =
                    views(Denoiser.of(arrays, DENOISER), settings, ItemSearches.of(weights, search, manager), manager);
            arrays.forEach(NDArray::close); // copied, or kept alive by the programs that need them
            return views;
        });
    }

    private static void check(NDList arrays, DiffRecSettings settings) {
        long items = Tensors.require(arrays, DENOISER + "in.items").getShape().get(0);
        DenoiserArrays.check(arrays, DENOISER, items, settings.diffusion());
        arrays.forEach(Tensors::requireFinite);
    }

    /// The view of a denoiser.
    ///
    /// @param searches opens the search for similar items
    /// @param manager taken over
    public Views views(Denoiser denoiser, DiffRecSettings settings, ItemSearches searches, NDManager manager) {
        DenoisedRows rows = new DenoisedRows(denoiser, settings.diffusion(), settings.temporal(), manager);
        return new SingleView(name, rows.vectors(manager), rows, searches, manager);
    }
}
