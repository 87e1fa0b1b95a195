package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.Recommender;
import io.diffmm.model.Tensors;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// DiffMM among the families of models.
public final class DiffMmFamily implements ModelFamily {

    /// What `--model` and manifests call it.
    public static final String NAME = "diffmm";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Recommender load(Path weights, Map<String, Object> tree, NDManager parent, SearchSettings search)
            throws IOException {
        return loaded(weights, tree, parent, search);
    }

    private static DiffMmRecommender loaded(
            Path weights, Map<String, Object> tree, NDManager parent, SearchSettings search) throws IOException {
        DiffMmSettings settings = DiffMmSettings.of(tree);
        NDManager manager = parent.newSubManager();
        try {
            NDList arrays = Tensors.read(weights, manager);
            PublishedArrays.check(arrays, settings);
            var recommender =
                    new DiffMmRecommender(manager, arrays, settings, ItemSearches.of(weights, search, manager));
            arrays.forEach(NDArray::close); // copied, or kept alive by the programs that need them
            manager.cap(); // from here on whatever attaches to the model itself would be a leak, and is refused
            return recommender;
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    @Override
    public void index(Path weights, Map<String, Object> tree, InteractionMatrix histories) throws IOException {
        try (NDManager manager = DeviceChoice.parse("cpu").newManager();
                DiffMmRecommender recommender =
                        loaded(weights, tree, manager, SearchSettings.scans(Optional.empty()))) {
            recommender.index(weights, histories);
        }
    }
}
