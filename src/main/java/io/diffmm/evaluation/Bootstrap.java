package io.diffmm.evaluation;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Confidence intervals of means over users, by the bootstrap's percentiles (Efron 1979): users are drawn with
/// replacement, as many as there are, and the mean is taken again and again.
///
/// The same values and seed give the same interval, on any number of cores.
public final class Bootstrap {

    /// How often users are drawn.
    public static final int RESAMPLES = 1_000;

    private static final double CONFIDENCE = 0.95;

    private Bootstrap() {}

    /// The mean of `values` with its interval.
    ///
    /// @param values one number a user; of the difference of two rankings, say, or of one
    /// @throws IllegalArgumentException if there are none
    public static Estimate mean(double[] values, long seed) {
        if (values.length == 0) {
            throw new IllegalArgumentException("there are no users to take a mean over");
        }
        double[] means = IntStream.range(0, RESAMPLES)
                .parallel()
                .mapToDouble(resample -> resampledMean(values, random(seed, resample)))
                .sorted()
                .toArray();
        int cut = (int) Math.floor(RESAMPLES * (1 - CONFIDENCE) / 2);
        return new Estimate(mean(values), means[cut], means[RESAMPLES - 1 - cut]);
    }

    /// Added up in order, as the evaluator does, so that both give the same number.
    private static double mean(double[] values) {
        double total = 0;
        for (double value : values) {
            total += value;
        }
        return total / values.length;
    }

    /// A generator for each resample, whichever thread draws it.
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
