package io.diffmm.report;

import java.util.OptionalLong;

/// What a stage of the run took.
///
/// @param peakBytes the most memory that the process had meanwhile; empty where the system does not say
public record StageCost(String stage, double seconds, OptionalLong peakBytes) {}
