package io.diffmm.linear;

/// What the candidates for the linear view are fitted with.
///
/// @param links that an item keeps at most; each takes 8 bytes
/// @param walkContinuation r, the weight of a walk's step relative to the one before
/// @param walkSteps steps of a walk, each from an item to a user and on to another item
/// @param neighbours items that most resemble an item, to which a walk over features can go
/// @param featureShare the probability that such a walk goes there instead of to a user; 0 leaves these walks out
/// @param ridgeLambda weight of the ridge regression's regularisation
/// @param closedFormItems items up to which the ridge regression is fitted: its time grows with their cube, its memory
///     with their square (10,000 items need 1.2 GB for some seconds)
public record LinearSettings(
        int links,
        double walkContinuation,
        int walkSteps,
        int neighbours,
        double featureShare,
        double ridgeLambda,
        int closedFormItems) {

    private static final int MOST_LINKS = 10_000;
    private static final int MOST_STEPS = 1_000;
    private static final int MOST_NEIGHBOURS = 1_000;

    /// A matrix of so many items squared is 20 GB.
    private static final int MOST_CLOSED_FORM_ITEMS = 50_000;

    public LinearSettings {
        within(1, MOST_LINKS, links, "links");
        if (!(walkContinuation > 0 && walkContinuation <= 1)) {
            throw new IllegalArgumentException(
                    "walk-continuation is %s; need 0 < value <= 1".formatted(walkContinuation));
        }
        within(1, MOST_STEPS, walkSteps, "walk-steps");
        within(1, MOST_NEIGHBOURS, neighbours, "neighbours");
        if (!(featureShare >= 0 && featureShare < 1)) {
            throw new IllegalArgumentException("feature-share is %s; need 0 <= value < 1".formatted(featureShare));
        }
        if (!(ridgeLambda > 0) || Double.isInfinite(ridgeLambda)) {
            throw new IllegalArgumentException("ridge-lambda is %s; need a positive number".formatted(ridgeLambda));
        }
        within(0, MOST_CLOSED_FORM_ITEMS, closedFormItems, "closed-form-items");
    }

    /// What is usual.
    public static LinearSettings usual() {
        return new LinearSettings(200, 0.85, 10, 10, 0.05, 20, 10_000);
    }

    private static void within(int least, int most, int value, String name) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %d; need %d to %d".formatted(name, value, least, most));
        }
    }
}
