package io.diffmm.artifacts;

import java.util.Map;

/// Everything that is published of a trained model; version, digests and time are added when it is.
///
/// @param name the model's name, say `demo`; becomes a directory
/// @param family the family of models, say `diffmm`
/// @param settings every hyper-parameter; values that JSON can hold
/// @param metrics held-out metrics by what was measured (`model`, `popularity`), then by the metric's name
public record ArtifactDraft(
        String name,
        String family,
        Map<String, Object> settings,
        DatasetDescription dataset,
        Map<String, Map<String, Double>> metrics,
        ArtifactContents contents,
        WeightsWriter weights) {

    public ArtifactDraft {
        SafeName.require("model name", name);
    }
}
