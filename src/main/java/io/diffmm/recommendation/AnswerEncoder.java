package io.diffmm.recommendation;

/// Turns answers into the bytes that are sent. Called once for each answer, by a thread of its own.
public interface AnswerEncoder {

    /// The body of the answer to a user.
    byte[] encode(String userId, UserRecommendations answer);

    /// The body of the answer to the question what is like an item.
    byte[] encode(SimilarItems answer);
}
