package io.diffmm.artifacts;

import java.util.Map;

/// A model that is to be published, alone or with others.
///
/// @param family the family of models, say `diffmm`
/// @param settings every hyper-parameter; values that JSON can hold
/// @param weights writes the weights, and indexes beside them
public record MemberDraft(String family, Map<String, Object> settings, ArtifactFileWriter weights) {}
