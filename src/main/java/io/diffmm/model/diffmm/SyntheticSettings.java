package io.diffmm.model.diffmm;

/// How large an invented model is to be.
///
/// @param users how many users, at least 1
/// @param items how many items, at least 60
/// @param hidden H, the width of the denoisers' hidden layer
/// @param modalities one to three
/// @param seed the same seed gives the same model
public record SyntheticSettings(int users, int items, int hidden, int modalities, long seed) {

    private static final int FEWEST_ITEMS = 60;
    private static final int MOST_MODALITIES = 3;

    public SyntheticSettings {
        if (users < 1) {
            throw new IllegalArgumentException("users is %d; at least 1 is needed".formatted(users));
        }
        if (items < FEWEST_ITEMS) {
            throw new IllegalArgumentException(
                    "items is %d; at least %d are needed for everyone's history".formatted(items, FEWEST_ITEMS));
        }
        if (hidden < 1) {
            throw new IllegalArgumentException("hidden is %d; at least 1 is needed".formatted(hidden));
        }
        if (modalities < 1 || modalities > MOST_MODALITIES) {
            throw new IllegalArgumentException(
                    "modalities is %d; 1 to %d are possible".formatted(modalities, MOST_MODALITIES));
        }
    }
}
