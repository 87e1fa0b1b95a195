package io.diffmm.recommendation;

/// What a cached answer depends on.
sealed interface AnswerKey {

    /// The version of the model; answers of another version are never used.
    String version();

    /// The items for one user.
    record ForUser(String version, UserState user, RecommendationQuery query) implements AnswerKey {}

    /// The items like one item.
    record LikeItem(String version, String itemId, int limit) implements AnswerKey {}
}
