package io.diffmm.demo;

/// Size and seed of an invented model.
///
/// @param users number of users, at least 1
/// @param items number of items, at least 60
/// @param hidden H, width of the denoisers' hidden layer, at least 1
/// @param modalities number of modalities, 1 to 3
/// @param seed seed of all random numbers; the same settings produce the same model
public record SyntheticSettings(int users, int items, int hidden, int modalities, long seed) {

    private static final int MIN_ITEMS = 60;
    private static final int MAX_MODALITIES = 3;

    public SyntheticSettings {
        if (users < 1) {
            throw new IllegalArgumentException("users is %d; at least 1 is needed".formatted(users));
        }
        if (items < MIN_ITEMS) {
            throw new IllegalArgumentException(
                    "items is %d; at least %d are needed for every user's history".formatted(items, MIN_ITEMS));
        }
        if (hidden < 1) {
            throw new IllegalArgumentException("hidden is %d; at least 1 is needed".formatted(hidden));
        }
        if (modalities < 1 || modalities > MAX_MODALITIES) {
            throw new IllegalArgumentException(
                    "modalities is %d; 1 to %d are possible".formatted(modalities, MAX_MODALITIES));
        }
    }
}
