package io.diffmm.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.diffmm.recommendation.Recommendations;

/// How an answer was found, as the wire names it.
enum Strategy {
    @JsonProperty("personalized")
    PERSONALIZED,
    @JsonProperty("popular")
    POPULAR;

    static Strategy of(Recommendations answer) {
        return switch (answer.kind()) {
            case PERSONALIZED -> PERSONALIZED;
            case POPULAR -> POPULAR;
            case SIMILAR -> throw new IllegalArgumentException("similar items have no strategy");
        };
    }
}
