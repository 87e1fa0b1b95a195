package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import java.util.Locale;
import java.util.OptionalLong;

/// Formats numbers for the page, the same in every locale.
final class Numbers {

    private static final long MEBIBYTE = 1 << 20;

    private Numbers() {}

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    static String metric(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    static String difference(double value) {
        return String.format(Locale.ROOT, "%+.4f", value);
    }

    static String interval(Estimate estimate) {
        return String.format(Locale.ROOT, "%.4f to %.4f", estimate.low(), estimate.high());
    }

    /// Returns the mean, and its interval on a second line.
    static String withInterval(Estimate estimate) {
        return metric(estimate.value()) + '\n' + interval(estimate);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /// Formats with three significant digits.
    static String weight(double weight) {
        return String.format(Locale.ROOT, "%.3g", weight);
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%,.1f s", seconds);
    }

    static String memory(OptionalLong bytes) {
        return bytes.isEmpty() ? "unknown" : count(bytes.getAsLong() / MEBIBYTE) + " MiB";
    }
}
