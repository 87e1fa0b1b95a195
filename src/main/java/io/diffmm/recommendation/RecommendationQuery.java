package io.diffmm.recommendation;

/// Which part of a ranking is asked for.
///
/// @param limit at most so many items
/// @param offset after leaving out so many of the best
/// @param excludeSeen whether items of the history are left out
public record RecommendationQuery(int limit, int offset, boolean excludeSeen) {

    public static final int MAXIMUM_LIMIT = 100;
    public static final int MAXIMUM_OFFSET = 10_000;

    public RecommendationQuery {
        requireBetween("limit", limit, 1, MAXIMUM_LIMIT);
        requireBetween("offset", offset, 0, MAXIMUM_OFFSET);
    }

    private static void requireBetween(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %d, not between %d and %d".formatted(name, value, least, most));
        }
    }
}
