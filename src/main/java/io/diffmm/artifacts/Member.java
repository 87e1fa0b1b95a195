package io.diffmm.artifacts;

import java.nio.file.Path;
import java.util.Map;

/// A model of a published artifact.
///
/// @param family the family of models
/// @param settings every hyper-parameter
/// @param weights the safetensors file; its digest was checked
public record Member(String family, Map<String, Object> settings, Path weights) {}
