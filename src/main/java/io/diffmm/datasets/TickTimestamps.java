package io.diffmm.datasets;

/// Points in time, as whole ticks since 1970.
final class TickTimestamps implements Timestamps {

    private static final long BILLION = 1_000_000_000;

    private final long ticksPerSecond;
    private long whole;
    private int billionths;

    /// Reads ticks of which a second has so many, a divisor of a billion.
    TickTimestamps(long ticksPerSecond) {
        this.ticksPerSecond = ticksPerSecond;
    }

    @Override
    public void parse(String text) {
        Timestamps.requirePresent(text);
        long ticks = Long.parseLong(text);
        whole = Math.floorDiv(ticks, ticksPerSecond);
        billionths = (int) (Math.floorMod(ticks, ticksPerSecond) * (BILLION / ticksPerSecond));
    }

    @Override
    public long whole() {
        return whole;
    }

    @Override
    public int billionths() {
        return billionths;
    }

    @Override
    public boolean pointsInTime() {
        return true;
    }
}
