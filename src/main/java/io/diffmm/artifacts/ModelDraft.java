package io.diffmm.artifacts;

import java.util.Map;
import java.util.Optional;

/// A trained model that is to be published.
///
/// @param family the family of models, say `diffmm`
/// @param settings every hyper-parameter; values that JSON can hold
/// @param blend how its views become one score; empty if the family's own choice ranks alone
/// @param weights writes the weights, and indexes beside them
/// @param links writes the linear view, if there is one
public record ModelDraft(
        String family,
        Map<String, Object> settings,
        Map<String, Object> blend,
        ArtifactFileWriter weights,
        Optional<ArtifactFileWriter> links) {}
