package io.diffmm.recommendation;

/// The answer to a user.
///
/// @param history what it rests on
public record UserRecommendations(Recommendations recommendations, HistorySummary history) {}
