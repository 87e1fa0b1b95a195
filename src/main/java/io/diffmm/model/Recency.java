package io.diffmm.model;

/// How much more the recent interactions of a history count than old ones: a power of the position (T-DiffRec, Wang et
/// al. 2023, <https://arxiv.org/abs/2304.04971>, weights a history in such a way, linearly).
///
/// The weight of interaction p of n, the oldest being the first, is `floor + (1 - floor) (p / n)^power`, divided by the
/// mean of all n weights; so a history weighs as much as one without recency does.
///
/// @param floor what the oldest of a long history weighs beside the newest, 0 to 1
/// @param power how fast older ones lose weight; with 0 all weigh alike
public record Recency(double floor, double power) {

    /// All interactions count alike.
    public static final Recency NONE = new Recency(1, 0);

    private static final double MOST_POWER = 100;

    public Recency {
        if (!(floor >= 0 && floor <= 1)) {
            throw new IllegalArgumentException("recency.floor is %s; need 0 to 1".formatted(floor));
        }
        if (!(power >= 0 && power <= MOST_POWER)) {
            throw new IllegalArgumentException("recency.power is %s; need 0 to %s".formatted(power, MOST_POWER));
        }
    }

    /// The weights of the interactions of a history, oldest first; 1 on average.
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
