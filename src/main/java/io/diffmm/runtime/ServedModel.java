package io.diffmm.runtime;

import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.ItemCatalogue;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The published model that is loaded: which one it is, how it was measured, whom and what it knows.
///
/// @param family the family of models, say `diffmm`
/// @param settings every hyper-parameter, as the manifest has them
/// @param blend how the views of a user become one score; empty if one ranks alone
/// @param metrics held-out metrics by what was measured (`model`, `popularity`), then by the metric's name
/// @param device where it computes, say `cpu`
/// @param precision in which items are scanned, say `bfloat16, int8` if that differs between few and many users at once
/// @param histories each trained user's items, oldest first
/// @param times when those happened, if that is known
public record ServedModel(
        String name,
        String version,
        String family,
        Instant created,
        Map<String, Object> settings,
        Map<String, Object> blend,
        Map<String, Map<String, Double>> metrics,
        String device,
        String precision,
        IdIndex users,
        ItemCatalogue items,
        InteractionMatrix histories,
        Optional<InteractionTimes> times) {}
