package io.diffmm.runtime;

import io.diffmm.ranking.Ranking;
import java.time.Duration;

/// A ranking and what it cost.
///
/// @param waited how long the request waited for a computing thread
/// @param computed how long its batch was computed
public record Ranked(Ranking ranking, Duration waited, Duration computed) {}
