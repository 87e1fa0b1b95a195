package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.PublishedWeights;
import io.diffmm.model.Views;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// DiffMM among the families of models.
public final class DiffMmFamily implements ModelFamily {

    /// What `--model` and manifests call it.
    public static final String NAME = "diffmm";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Views load(Path weights, Map<String, Object> tree, NDManager parent, SearchSettings search)
            throws IOException {
        DiffMmSettings settings = DiffMmSettings.of(tree);
        return PublishedWeights.load(weights, parent, (arrays, manager) -> {
            PublishedArrays.check(arrays, settings);
            var views = new DiffMmViews(manager, arrays, settings, ItemSearches.of(weights, search, manager));
            arrays.forEach(NDArray::close); // copied, or kept alive by the programs that need them
            return views;
        });
    }
}
