package io.diffmm.model;

/// Recency weights of the interactions of a history: a power of the position (T-DiffRec, Wang et al. 2023,
/// <https://arxiv.org/abs/2304.04971>, uses a linear form).
///
/// The weight of interaction p of n, oldest first, is `floor + (1 - floor) (p / n)^power`, divided by the mean of all
/// n weights, so that the total weight of a history does not depend on them.
///
/// @param floor weight of the oldest interaction of a long history relative to the newest, 0 to 1
/// @param power rate at which weights fall with age; 0 for equal weights
public record Recency(double floor, double power) {

    /// Equal weights.
    public static final Recency NONE = new Recency(1, 0);

    private static final double MAX_POWER = 100;

    public Recency {
        SettingRules.within(0, 1, floor, "recency.floor");
        SettingRules.within(0, MAX_POWER, power, "recency.power");
    }

    /// Computes the weights of the interactions of a history, oldest first; their mean is 1.
    ///
    /// @param length n
    public double[] weights(int length) {
        double[] weights = new double[length];
        double sum = 0;
        for (int at = 0; at < length; at++) {
            weights[at] = floor + (1 - floor) * Math.pow((at + 1.0) / length, power);
            sum += weights[at];
        }
        for (int at = 0; at < length; at++) {
            weights[at] *= length / sum;
        }
        return weights;
    }
}
