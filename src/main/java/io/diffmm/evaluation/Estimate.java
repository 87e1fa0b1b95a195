package io.diffmm.evaluation;

/// A mean over users and the interval that it lies in with a confidence of 95 %.
public record Estimate(double value, double low, double high) {

    public Estimate {
        if (!Double.isFinite(value) || !Double.isFinite(low) || !Double.isFinite(high) || low > high) {
            throw new IllegalArgumentException("estimate is %s in [%s, %s]".formatted(value, low, high));
        }
    }
}
