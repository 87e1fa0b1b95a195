package io.diffmm.datasets;

/// What one modality says of every item: a dense items x columns matrix, row by row.
///
/// The values are shared, not copied; nobody writes to them.
public final class FeatureMatrix {

    private final String modality;
    private final int rows;
    private final int columns;
    private final float[] values;

    /// Features of `rows` items.
    ///
    /// @throws IllegalArgumentException if `values` is not `rows * columns` long
    public FeatureMatrix(String modality, int rows, int columns, float[] values) {
        if ((long) rows * columns != values.length) {
            throw new IllegalArgumentException(
                    "features '%s' hold %d values, not %d x %d".formatted(modality, values.length, rows, columns));
        }
        this.modality = modality;
        this.rows = rows;
        this.columns = columns;
        this.values = values;
    }

    /// The name of the modality, say `visual`.
    public String modality() {
        return modality;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /// `[rows, columns]`, row by row; not to be written to.
    public float[] values() {
        return values;
    }
}
