package io.diffmm.model;

/// What hyper-parameters may be; each rule names the setting, its value, and what is needed.
public final class SettingRules {

    // Far beyond what anybody trains; they keep a forged manifest from asking for hours of work.
    /// The most diffusion steps.
    public static final int MOST_STEPS = 10_000;

    /// The widest layer or vector.
    public static final int MOST_WIDTH = 100_000;

    private SettingRules() {}

    /// Refuses a value below `least`.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void atLeast(double least, double value, String name) {
        if (!(value >= least)) {
            throw new IllegalArgumentException("%s is %s; need at least %s".formatted(name, value, least));
        }
    }

    /// Refuses a whole number that is not in a range.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void within(int least, int most, int value, String name) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %d; need %d to %d".formatted(name, value, least, most));
        }
    }

    /// Refuses a number that is not in a range.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void within(double least, double most, double value, String name) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException("%s is %s; need %s to %s".formatted(name, value, least, most));
        }
    }

    /// Refuses a number that is not positive and finite.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void positive(double value, String name) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("%s is %s; need a positive number".formatted(name, value));
        }
    }

    /// Refuses a number that is not in `[0, 1)`.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void belowOne(double value, String name) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("%s is %s; need 0 <= value < 1".formatted(name, value));
        }
    }

    /// Refuses a number that is no share.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void share(double value, String name) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException("%s is %s; need 0 < value <= 1".formatted(name, value));
        }
    }
}
