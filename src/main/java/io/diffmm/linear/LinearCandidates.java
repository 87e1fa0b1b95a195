package io.diffmm.linear;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.FeatureMatrix;
import java.util.ArrayList;
import java.util.List;

/// The ways to link a dataset's items that are worth trying: walks over interactions, with each modality's
/// features too, and where the catalogue is small enough the ridge regression.
///
/// Nothing is computed before a candidate is asked for its links. Memory: a fit frees all native arrays it makes.
public final class LinearCandidates {

    private final Dataset dataset;
    private final LinearSettings settings;
    private final int threads;
    private final NDManager manager;

    /// The candidates of a dataset.
    ///
    /// @param threads that walk; the links do not depend on it
    /// @param manager of the native arrays of a fit; has to be open then
    public LinearCandidates(Dataset dataset, LinearSettings settings, int threads, NDManager manager) {
        this.dataset = dataset;
        this.settings = settings;
        this.threads = threads;
        this.manager = manager;
    }

    /// All of them, the walk over interactions first.
    public List<LinearCandidate> all() {
        List<LinearCandidate> candidates = new ArrayList<>();
        candidates.add(new LinearCandidate("walk", () -> new RandomWalk(dataset.train(), settings).links(threads)));
        if (settings.featureShare() > 0) {
            dataset.features().stream().map(this::walk).forEach(candidates::add);
        }
        if (dataset.items().size() <= settings.closedFormItems()) {
            candidates.add(new LinearCandidate("ridge", () -> RidgeLinks.fit(dataset.train(), settings, manager)));
        }
        return List.copyOf(candidates);
    }

    private LinearCandidate walk(FeatureMatrix features) {
        return new LinearCandidate("walk+" + features.modality(), () -> {
            ItemLinks neighbours = ItemNeighbours.find(features, settings.neighbours(), manager);
            return new RandomWalk(dataset.train(), neighbours, settings).links(threads);
        });
    }
}
