package io.diffmm.api;

import io.diffmm.api.InvalidParameterException.InvalidParameter;
import io.diffmm.interactions.InteractionRules;
import io.diffmm.recommendation.RecommendationQuery;
import io.diffmm.recommendation.RecommendationQuery.Explain;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.util.NumberUtils;

/// Reads and validates the parameters of a request as Spring MVC and Jakarta Validation do, with the same messages.
///
/// Reflective binding takes longer than the rest of a cached answer; this class reads the parameters directly.
final class RequestParameters {

    /// Maximum number of items in an answer if the request has no `limit`.
    static final int DEFAULT_LIMIT = 20;

    private final HttpServletRequest request;
    private final List<InvalidParameter> errors = new ArrayList<>(0);

    private RequestParameters(HttpServletRequest request) {
        this.request = request;
    }

    /// Opaque id of a user or item, 1 to 256 characters.
    @NotBlank
    @Size(min = 1, max = Id.MAX_LENGTH)
    @Constraint(validatedBy = {})
    @Target({ElementType.PARAMETER, ElementType.TYPE_USE})
    @Retention(RetentionPolicy.RUNTIME)
    @interface Id {

        /// Maximum length in characters.
        int MAX_LENGTH = InteractionRules.MAX_ID_LENGTH;

        String message() default "must be an id";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};
    }

    /// Documents the parameter read by [RequestParameters#limit].
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Maximum number of items to return.",
            schema =
                    @Schema(
                            type = "integer",
                            format = "int32",
                            defaultValue = "" + DEFAULT_LIMIT,
                            minimum = "1",
                            maximum = "" + RecommendationQuery.MAX_LIMIT))
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface LimitParameter {}

    /// Documents the parameters read by [RequestParameters#query], except `limit`.
    @Parameter(
            name = "offset",
            in = ParameterIn.QUERY,
            description = "Number of top-ranked items to skip.",
            schema =
                    @Schema(
                            type = "integer",
                            format = "int32",
                            defaultValue = "0",
                            minimum = "0",
                            maximum = "" + RecommendationQuery.MAX_OFFSET))
    @Parameter(
            name = "excludeSeen",
            in = ParameterIn.QUERY,
            description = "Exclude items of the history.",
            schema = @Schema(type = "boolean", defaultValue = "true"))
    @Parameter(
            name = "explain",
            in = ParameterIn.QUERY,
            description =
                    "Explanation of each item: `shares` includes the contribution of each view to the score, `true` also"
                            + " the most influential history items, which takes several times as long.",
            schema =
                    @Schema(
                            type = "string",
                            allowableValues = {"false", "shares", "true"},
                            defaultValue = "false"))
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface QueryParameters {}

    static RequestParameters of(HttpServletRequest request) {
        return new RequestParameters(request);
    }

    /// Validates an id from the path.
    RequestParameters id(String name, String value) {
        InteractionRules.id(name, value, Id.MAX_LENGTH)
                .ifPresent(violation -> require(false, violation.field(), violation.message()));
        return this;
    }

    /// Completes the validation of a request without query parameters.
    ///
    /// @throws InvalidParameterException if a parameter is not valid
    void check() {
        requireNoErrors();
    }

    /// Returns the requested part of a ranking.
    ///
    /// @throws InvalidParameterException if a parameter is not valid
    RecommendationQuery query() {
        int limit = number("limit", DEFAULT_LIMIT);
        int offset = number("offset", 0);
        boolean excludeSeen = flag("excludeSeen", true, "must be true or false");
        Explain explain = explain();
        requireBetween("limit", limit, 1, RecommendationQuery.MAX_LIMIT);
        requireBetween("offset", offset, 0, RecommendationQuery.MAX_OFFSET);
        requireNoErrors();
        return new RecommendationQuery(limit, offset, excludeSeen, explain);
    }

    /// Returns the maximum number of items to return.
    ///
    /// @throws InvalidParameterException if a parameter is not valid
    int limit() {
        int limit = number("limit", DEFAULT_LIMIT);
        requireBetween("limit", limit, 1, RecommendationQuery.MAX_LIMIT);
        requireNoErrors();
        return limit;
    }

    private Explain explain() {
        String text = parameter("explain");
        if (text != null && text.trim().equalsIgnoreCase(Explain.SHARES.toString())) {
            return Explain.SHARES;
        }
        return flag("explain", false, "must be true, false or shares") ? Explain.FULL : Explain.NONE;
    }

    private @Nullable String parameter(String name) {
        try {
            return request.getParameter(name);
        } catch (IllegalStateException _) { // thrown for malformed parameters (Servlet 6.1, getParameter)
            throw new InvalidParameterException("parameters", "are not properly encoded, or too many");
        }
    }

    private int number(String name, int defaultValue) {
        String text = parameter(name);
        if (text == null || text.isEmpty()) {
            return defaultValue;
        }
        try {
            return NumberUtils.parseNumber(text, Integer.class);
        } catch (IllegalArgumentException _) {
            throw new InvalidParameterException(name, "must be a whole number");
        }
    }

    private boolean flag(String name, boolean defaultValue, String rule) {
        String text = parameter(name);
        if (text == null || text.isEmpty()) {
            return defaultValue;
        }
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "true", "on", "yes", "1" -> true;
            case "false", "off", "no", "0" -> false;
            default -> throw new InvalidParameterException(name, rule);
        };
    }

    private void requireBetween(String name, int value, int min, int max) {
        require(value >= min, name, "must be greater than or equal to " + min);
        require(value <= max, name, "must be less than or equal to " + max);
    }

    private void require(boolean valid, String name, String message) {
        if (!valid) {
            errors.add(new InvalidParameter(name, message));
        }
    }

    private void requireNoErrors() {
        if (!errors.isEmpty()) {
            throw new InvalidParameterException(errors);
        }
    }
}
