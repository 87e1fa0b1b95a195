package io.diffmm.datasets;

/// A way in which the items of the demo dataset resemble each other: each item is of one kind in each modality.
enum DemoModality {
    VISUAL(6, 32),
    ACOUSTIC(5, 16),
    TEXTUAL(DemoTitles.CATEGORIES.size(), 48);

    private final int kinds;
    private final int columns;

    DemoModality(int kinds, int columns) {
        this.kinds = kinds;
        this.columns = columns;
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
