package io.diffmm.recommendation;

/// Which part of a ranking is asked for.
///
/// @param limit at most so many items
/// @param offset after leaving out so many of the best
/// @param excludeSeen whether items of the history are left out
/// @param explain whether every item comes with what it rests on
public record RecommendationQuery(int limit, int offset, boolean excludeSeen, boolean explain) {

    public static final int MAXIMUM_LIMIT = 100;
    public static final int MAXIMUM_OFFSET = 10_000;

    public RecommendationQuery {
        requireBetween("limit", limit, 1, MAXIMUM_LIMIT);
        requireBetween("offset", offset, 0, MAXIMUM_OFFSET);
    }

    /// Without explanations.
    public RecommendationQuery(int limit, int offset, boolean excludeSeen) {
        this(limit, offset, excludeSeen, false);
    }

    private static void requireBetween(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %d, not between %d and %d".formatted(name, value, least, most));
        }
    }
}
