package io.diffmm.api;

import io.diffmm.recommendation.RecommendationQuery;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Describes the parameters that [Parameters#query] reads, without `limit`.
@Parameter(
        name = "offset",
        in = ParameterIn.QUERY,
        description = "Leave out so many of the best.",
        schema =
                @Schema(
                        type = "integer",
                        format = "int32",
                        defaultValue = "0",
                        minimum = "0",
                        maximum = "" + RecommendationQuery.MAXIMUM_OFFSET))
@Parameter(
        name = "excludeSeen",
        in = ParameterIn.QUERY,
        description = "Leave out items of the history.",
        schema = @Schema(type = "boolean", defaultValue = "true"))
@Parameter(
        name = "explain",
        in = ParameterIn.QUERY,
        description = "Say of every item what its score is made of, and which items of the history it rests on.",
        schema = @Schema(type = "boolean", defaultValue = "false"))
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface QueryParameters {}
