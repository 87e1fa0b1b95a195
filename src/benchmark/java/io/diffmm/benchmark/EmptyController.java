package io.diffmm.benchmark;

import io.diffmm.recommendation.RecommendationQuery;
import io.diffmm.recommendation.RecommendationService;
import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Baseline for the cost of Spring MVC alone: a handler that responds with the stored bytes of a user's answer.
@Hidden
@Lazy
@RestController
class EmptyController {

    private final byte[] body;

    EmptyController(RecommendationService recommendations, @Value("${benchmark.user:u1}") String user) {
        this.body = recommendations
                .recommend(user, new RecommendationQuery(20, 0, true))
                .body();
    }

    @GetMapping(path = "/empty", produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] empty() {
        return body;
    }
}
