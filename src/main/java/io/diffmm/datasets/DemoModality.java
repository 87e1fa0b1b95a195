package io.diffmm.datasets;

/// A way in which the items of the demo dataset resemble each other: each item is of one kind in each modality.
enum DemoModality {
    VISUAL(0, 6, 32),
    ACOUSTIC(1, 5, 16),
    TEXTUAL(2, DemoTitles.CATEGORIES.size(), 48);

    private final int place;
    private final int kinds;
    private final int columns;

    DemoModality(int place, int kinds, int columns) {
        this.place = place;
        this.kinds = kinds;
        this.columns = columns;
    }

    /// Where it stands in arrays of all modalities.
    int place() {
        return place;
    }

    /// How many looks, moods or topics there are; a topic is a category.
    int kinds() {
        return kinds;
    }

    /// How wide the features are.
    int columns() {
        return columns;
    }
}
