package io.diffmm.report;

import io.diffmm.evaluation.Ranker;

/// A ranking that is to be measured.
///
/// @param name as the report calls it
public record NamedRanker(String name, Role role, Ranker ranker) {}
