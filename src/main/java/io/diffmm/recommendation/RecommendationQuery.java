package io.diffmm.recommendation;

/// Page of a ranking that a client requests, and options of its items.
///
/// The text of this record is part of the ids of answers; its name, its components and the texts of their
/// values must not change.
///
/// @param limit maximum number of items, from 1 to [#MAX_LIMIT]
/// @param offset number of top-ranked items to skip, from 0 to [#MAX_OFFSET]
/// @param excludeSeen whether items of the history are excluded
/// @param explain explanation that every item includes
public record RecommendationQuery(int limit, int offset, boolean excludeSeen, Explain explain) {

    public static final int MAX_LIMIT = 100;
    public static final int MAX_OFFSET = 10_000;

    /// Explanation of an item.
    public enum Explain {

        /// No explanation.
        NONE("false"),

        /// Contributions of the views to the score.
        SHARES("shares"),

        /// Contributions of the views, and the most influential items of the history, which cost up to 64
        /// times as much.
        FULL("true");

        private final String text;

        Explain(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    public RecommendationQuery {
        requireBetween("limit", limit, 1, MAX_LIMIT);
        requireBetween("offset", offset, 0, MAX_OFFSET);
    }

    /// Creates a query without explanations.
    public RecommendationQuery(int limit, int offset, boolean excludeSeen) {
        this(limit, offset, excludeSeen, Explain.NONE);
    }

    private static void requireBetween(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("%s is %d, not between %d and %d".formatted(name, value, min, max));
        }
    }
}
