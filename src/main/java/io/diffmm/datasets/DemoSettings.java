package io.diffmm.datasets;

/// What the demo dataset is to be like.
///
/// @param users how many users, at least 1
/// @param items how many items, at least 60
/// @param seed the same seed gives the same files
public record DemoSettings(int users, int items, long seed) {

    /// 1,000 users, 300 items.
    public static final DemoSettings DEFAULT = new DemoSettings(1_000, 300, 42);

    private static final int FEWEST_ITEMS = 60;

    public DemoSettings {
        if (users < 1) {
            throw new IllegalArgumentException("users is %d; at least 1 is needed".formatted(users));
        }
        if (items < FEWEST_ITEMS) {
            throw new IllegalArgumentException(
                    "items is %d; at least %d are needed for everyone's history".formatted(items, FEWEST_ITEMS));
        }
    }
}
