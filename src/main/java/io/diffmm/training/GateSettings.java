package io.diffmm.training;

/// What a model must reach to be published.
///
/// @param tolerance how much lower than the current version's its NDCG@20 on `valid` may be
/// @param force whether to publish it anyway
public record GateSettings(double tolerance, boolean force) {

    /// Less than the noise of a split with some thousand users.
    public static final double TOLERANCE = 0.002;

    public GateSettings {
        if (!Double.isFinite(tolerance) || tolerance < 0) {
            throw new IllegalArgumentException(
                    "the tolerance is %s; need a number that is not negative".formatted(tolerance));
        }
    }

    /// The tolerance that is usual, and no force.
    public static GateSettings usual() {
        return new GateSettings(TOLERANCE, false);
    }
}
