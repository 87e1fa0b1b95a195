package io.diffmm.datasets;

/// Features of all items in one modality: a dense float32 matrix `[items, columns]`, row by row.
///
/// The array is shared, not copied; callers must not modify it.
public final class FeatureMatrix {

    private final String modality;
    private final int rows;
    private final int columns;
    private final float[] values;

    /// Wraps the features of `rows` items.
    ///
    /// @param values `[rows * columns]`, row by row
    /// @throws IllegalArgumentException if the length of `values` is not `rows * columns`
    public FeatureMatrix(String modality, int rows, int columns, float[] values) {
        if ((long) rows * columns != values.length) {
            throw new IllegalArgumentException(
                    "features '%s' have %d values, not %d x %d".formatted(modality, values.length, rows, columns));
        }
        this.modality = modality;
        this.rows = rows;
        this.columns = columns;
        this.values = values;
    }

    /// Name of the modality, for example `visual`.
    public String modality() {
        return modality;
    }

    /// Number of items.
    public int rows() {
        return rows;
    }

    /// Number of features per item.
    public int columns() {
        return columns;
    }

    /// Features, `[rows * columns]`, row by row; must not be modified.
    public float[] values() {
        return values;
    }
}
