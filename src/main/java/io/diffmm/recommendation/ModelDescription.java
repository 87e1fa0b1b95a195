package io.diffmm.recommendation;

import java.time.Instant;
import java.util.Map;

/// What is loaded.
///
/// @param precision in which items are scanned for few and for many users at once, say `int8, bfloat16`
/// @param blend how the views of a user become one score; empty if one ranks alone
/// @param metrics held-out metrics by what was measured (`model`, `popularity`), then by the metric's name
public record ModelDescription(
        String name,
        String version,
        String family,
        Instant created,
        String device,
        String precision,
        int users,
        int items,
        int interactions,
        Map<String, Object> settings,
        Map<String, Object> blend,
        Map<String, Map<String, Double>> metrics) {}
