package io.diffmm.model;

/// Range checks of hyper-parameters. Messages state the setting, its value and the valid range.
public final class SettingRules {

    /// Maximum number of diffusion steps; keeps a forged manifest from causing hours of work.
    public static final int MAX_STEPS = 10_000;

    /// Maximum width of a layer or vector; keeps a forged manifest from causing hours of work.
    public static final int MAX_WIDTH = 100_000;

    private SettingRules() {}

    /// Rejects a value below `min`.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void atLeast(double min, double value, String name) {
        if (!(value >= min)) {
            throw new IllegalArgumentException("%s is %s; need at least %s".formatted(name, value, min));
        }
    }

    /// Rejects an integer outside `[min, max]`.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void within(int min, int max, int value, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("%s is %d; need %d to %d".formatted(name, value, min, max));
        }
    }

    /// Rejects a number outside `[min, max]`.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void within(double min, double max, double value, String name) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException("%s is %s; need %s to %s".formatted(name, value, min, max));
        }
    }

    /// Rejects a number that is not positive and finite.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void positive(double value, String name) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("%s is %s; need a positive number".formatted(name, value));
        }
    }

    /// Rejects a number outside `[0, 1)`.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void belowOne(double value, String name) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("%s is %s; need 0 <= value < 1".formatted(name, value));
        }
    }

    /// Rejects a number outside `(0, 1]`.
    ///
    /// @throws IllegalArgumentException naming the setting
    public static void share(double value, String name) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException("%s is %s; need 0 < value <= 1".formatted(name, value));
        }
    }
}
