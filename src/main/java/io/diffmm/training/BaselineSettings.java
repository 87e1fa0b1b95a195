package io.diffmm.training;

/// The baselines that a trained model is compared with.
///
/// @param easeLambda EASE's regularisation
/// @param easeItems items up to which EASE is computed: its time grows with their cube, its memory with their square
///     (10,000 items need 1.2 GB for some seconds)
public record BaselineSettings(double easeLambda, int easeItems) {

    /// Suits sparse data.
    public static final double EASE_LAMBDA = 20;

    /// Some seconds of computation.
    public static final int EASE_ITEMS = 10_000;

    public BaselineSettings {
        if (!Double.isFinite(easeLambda) || easeLambda <= 0) {
            throw new IllegalArgumentException("--ease-lambda is %s; need a number above zero".formatted(easeLambda));
        }
        if (easeItems < 0) {
            throw new IllegalArgumentException("--ease-items is %d; need at least 0".formatted(easeItems));
        }
    }

    /// What is usual.
    public static BaselineSettings usual() {
        return new BaselineSettings(EASE_LAMBDA, EASE_ITEMS);
    }
}
