package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import java.util.Locale;
import java.util.OptionalLong;

/// Numbers as the page writes them, the same in every country.
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

    /// The interval on a line of its own.
    static String withInterval(Estimate estimate) {
        return metric(estimate.value()) + '\n' + interval(estimate);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /// Three digits.
    static String weight(double weight) {
        return String.format(Locale.ROOT, "%.3g", weight);
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%,.1f s", seconds);
    }

    static String memory(OptionalLong bytes) {
        return bytes.isEmpty() ? "not known" : count(bytes.getAsLong() / MEBIBYTE) + " MiB";
    }
}
