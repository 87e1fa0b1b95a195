package io.diffmm.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;

/// Mean over users with a confidence interval, of 95 % unless stated otherwise.
///
/// @param value the mean
/// @param low lower end of the interval
/// @param high upper end of the interval
public record Estimate(double value, double low, double high) {

    private static final int RESAMPLES = 1_000;

    private static final double CONFIDENCE = 0.95;

    public Estimate {
        if (!Double.isFinite(value) || !Double.isFinite(low) || !Double.isFinite(high) || low > high) {
            throw new IllegalArgumentException("estimate is %s in [%s, %s]".formatted(value, low, high));
        }
    }

    /// Returns the mean of `values` with its percentile bootstrap interval (Efron 1979): 1,000 samples of as many
    /// users as there are, drawn with replacement.
    ///
    /// The result depends on the values and the seed only, not on the number of cores.
    ///
    /// @param values one number per user, for example a metric or the difference of two rankings
    /// @throws IllegalArgumentException if `values` is empty
    public static Estimate ofMean(double[] values, long seed) {
        if (values.length == 0) {
            throw new IllegalArgumentException("there are no users to average over");
        }
        double[] means = IntStream.range(0, RESAMPLES)
                .parallel()
                .mapToDouble(resample -> resampledMean(values, random(seed, resample)))
                .sorted()
                .toArray();
        int cut = (int) Math.floor(RESAMPLES * (1 - CONFIDENCE) / 2);
        return new Estimate(mean(values), means[cut], means[RESAMPLES - 1 - cut]);
    }

    /// Returns the mean of `values` with its Student interval. Unlike the bootstrap's ends, its ends are
    /// defined at any level of confidence, and are not too narrow for few users.
    ///
    /// A value of 0 is added for the width of the interval, so that a few equal values do not seem
    /// certain. The interval ends where a difference of two metrics does.
    ///
    /// @param values one difference of two metrics per user, -1 to 1
    /// @param confidence probability that the interval contains the mean of all users, such as 0.95
    /// @throws IllegalArgumentException if `values` is empty
    public static Estimate student(double[] values, double confidence) {
        if (values.length == 0) {
            throw new IllegalArgumentException("there are no users to average over");
        }
        double mean = mean(values);
        if (values.length == 1) {
            return new Estimate(mean, -1, 1);
        }
        int count = values.length;
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        double error = Math.sqrt((squares + mean * mean * count / (count + 1)) / count / count);
        double quantile = TDistribution.of(count - 1.0).inverseCumulativeProbability((1 + confidence) / 2);
        return new Estimate(mean, Math.max(-1, mean - quantile * error), Math.min(1, mean + quantile * error));
    }

    /// Adds up in the order of [Evaluator], so that both return the same number.
    private static double mean(double[] values) {
        double total = 0;
        for (double value : values) {
            total += value;
        }
        return total / values.length;
    }

    /// Returns the generator of a resample, which is the same on every thread.
    private static SplittableRandom random(long seed, int resample) {
        return new SplittableRandom(new SplittableRandom(seed + resample).nextLong());
    }

    private static double resampledMean(double[] values, SplittableRandom random) {
        double total = 0;
        for (int drawn = 0; drawn < values.length; drawn++) {
            total += values[random.nextInt(values.length)];
        }
        return total / values.length;
    }
}
