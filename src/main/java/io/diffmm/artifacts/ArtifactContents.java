package io.diffmm.artifacts;

import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.ItemCatalogue;
import java.util.List;
import java.util.Optional;

/// Whom and what a model knows, and what it was trained on.
///
/// @param histories each user's items, oldest first: users x items
/// @param times when those happened, if that is known
/// @param probes questions whose answers are known; none in older artifacts
public record ArtifactContents(
        IdIndex users,
        ItemCatalogue items,
        InteractionMatrix histories,
        Optional<InteractionTimes> times,
        List<Probe> probes) {

    public ArtifactContents {
        if (histories.rows() != users.size() || histories.columns() != items.size()) {
            throw new IllegalArgumentException("histories are %d x %d, but there are %d users and %d items"
                    .formatted(histories.rows(), histories.columns(), users.size(), items.size()));
        }
        probes = List.copyOf(probes);
    }
}
