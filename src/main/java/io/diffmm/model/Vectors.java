package io.diffmm.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/// Rows of a native array as vectors in Java.
public final class Vectors {

    private Vectors() {}

    /// The rows of an array.
    ///
    /// @param rows `[B, F]`, B at least 1
    /// @return B vectors `[F]`
    public static List<double[]> of(NDArray rows) {
        float[] values = rows.toFloatArray();
        int count = (int) rows.getShape().get(0);
        int width = values.length / count;
        List<double[]> vectors = new ArrayList<>(count);
        for (int row = 0; row < count; row++) {
            double[] vector = new double[width];
            for (int at = 0; at < width; at++) {
                vector[at] = values[row * width + at];
            }
            vectors.add(vector);
        }
        return vectors;
    }
}
