package io.diffmm.recommendation;

/// The answer to somebody who brought a history along.
///
/// @param unknownItems how many items of the history the model does not know; they were left out
public record SessionRecommendations(Recommendations recommendations, int unknownItems) {}
