package io.diffmm.api;

import io.diffmm.recommendation.RecommendationQuery;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Describes the parameter that [Parameters#limit] reads.
@Parameter(
        name = "limit",
        in = ParameterIn.QUERY,
        description = "At most so many items.",
        schema =
                @Schema(
                        type = "integer",
                        format = "int32",
                        defaultValue = "" + Parameters.DEFAULT_LIMIT,
                        minimum = "1",
                        maximum = "" + RecommendationQuery.MAXIMUM_LIMIT))
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface LimitParameter {}
