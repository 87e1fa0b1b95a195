package io.diffmm.recommendation;

/// What a cached ranking depends on.
sealed interface AnswerKey {

    /// The version of the model; rankings of another version are never used.
    String version();

    /// The items for one user.
    record ForUser(String version, String userId, RecommendationQuery query) implements AnswerKey {}

    /// The popular items, the same for everybody.
    record MostPopular(String version, int limit, int offset) implements AnswerKey {}

    /// The items like one item.
    record LikeItem(String version, int item, int limit) implements AnswerKey {}
}
