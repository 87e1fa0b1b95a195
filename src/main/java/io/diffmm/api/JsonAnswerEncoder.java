package io.diffmm.api;

import io.diffmm.recommendation.EncodedAnswer.AnswerEncoder;
import io.diffmm.recommendation.Recommendations;
import io.diffmm.recommendation.Recommendations.SimilarItems;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Answers as JSON.
@Component
class JsonAnswerEncoder implements AnswerEncoder {

    private final JsonMapper json;

    JsonAnswerEncoder(JsonMapper json) {
        this.json = json;
    }

    @Override
    public byte[] encode(String userId, Recommendations answer) {
        return json.writeValueAsBytes(RecommendationsResponse.from(userId, answer));
    }

    @Override
    public byte[] encode(SimilarItems answer) {
        return json.writeValueAsBytes(SimilarItemsResponse.from(answer));
    }
}
