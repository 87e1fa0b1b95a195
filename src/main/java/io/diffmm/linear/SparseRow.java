package io.diffmm.linear;

/// What a row of a matrix holds, where that is not zero. Immutable.
///
/// The arrays are shared with whoever made it.
final class SparseRow {

    private static final SparseRow EMPTY = new SparseRow(new int[0], new float[0]);

    private final int[] places;
    private final float[] values;

    SparseRow(int[] places, float[] values) {
        this.places = places;
        this.values = values;
    }

    static SparseRow empty() {
        return EMPTY;
    }

    int size() {
        return places.length;
    }

    int place(int at) {
        return places[at];
    }

    float value(int at) {
        return values[at];
    }
}
