package io.diffmm.api;

import io.diffmm.interactions.InteractionRules;
import io.diffmm.recommendation.RecommendationQuery;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.util.NumberUtils;

/// Reads and checks the parameters of a request, as Spring and Jakarta Validation would, and in their words.
///
/// They would take longer than all the rest of an answer from the cache.
final class Parameters {

    /// If the request does not say how many items it wants.
    static final int DEFAULT_LIMIT = 20;

    private final HttpServletRequest request;
    private final List<InvalidParameter> errors = new ArrayList<>(0);

    private Parameters(HttpServletRequest request) {
        this.request = request;
    }

    /// Those of `request`.
    static Parameters of(HttpServletRequest request) {
        return new Parameters(request);
    }

    /// Checks an id that stands in the path.
    Parameters id(String name, String value) {
        InteractionRules.id(name, value, Id.LONGEST)
                .ifPresent(violation -> require(false, violation.field(), violation.message()));
        return this;
    }

    /// Ends the checks of a request without other parameters.
    ///
    /// @throws InvalidParameterException if a parameter is not valid
    void check() {
        requireNoErrors();
    }

    /// Which part of a ranking is asked for.
    ///
    /// @throws InvalidParameterException if a parameter is not valid
    RecommendationQuery query() {
        int limit = number("limit", DEFAULT_LIMIT);
        int offset = number("offset", 0);
        boolean excludeSeen = flag("excludeSeen", true);
        boolean explain = flag("explain", false);
        requireBetween("limit", limit, 1, RecommendationQuery.MAXIMUM_LIMIT);
        requireBetween("offset", offset, 0, RecommendationQuery.MAXIMUM_OFFSET);
        requireNoErrors();
        return new RecommendationQuery(limit, offset, excludeSeen, explain);
    }

    /// How many items are asked for.
    ///
    /// @throws InvalidParameterException if a parameter is not valid
    int limit() {
        int limit = number("limit", DEFAULT_LIMIT);
        requireBetween("limit", limit, 1, RecommendationQuery.MAXIMUM_LIMIT);
        requireNoErrors();
        return limit;
    }

    private @Nullable String parameter(String name) {
        try {
            return request.getParameter(name);
        } catch (IllegalStateException _) { // by the Servlet specification, when they cannot be parsed
            throw new InvalidParameterException("parameters", "are not properly encoded, or too many");
        }
    }

    private int number(String name, int otherwise) {
        String text = parameter(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            return NumberUtils.parseNumber(text, Integer.class);
        } catch (IllegalArgumentException _) {
            throw new InvalidParameterException(name, "must be a whole number");
        }
    }

    private boolean flag(String name, boolean otherwise) {
        String text = parameter(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "true", "on", "yes", "1" -> true;
            case "false", "off", "no", "0" -> false;
            default -> throw new InvalidParameterException(name, "must be true or false");
        };
    }

    private void requireBetween(String name, int value, int least, int most) {
        require(value >= least, name, "must be greater than or equal to " + least);
        require(value <= most, name, "must be less than or equal to " + most);
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
