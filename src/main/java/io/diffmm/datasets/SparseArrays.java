package io.diffmm.datasets;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/// Makes sparse native arrays.
///
/// `NDManager.createCoo` of DJL 0.35.1 must not be used: its array points into Java buffers that nobody refers to any
/// longer,
/// so a garbage collection frees them under it. Here coordinates and values are copied into memory of the engine's own
/// first.
public final class SparseArrays {

    private SparseArrays() {}

    /// A matrix in coordinate format.
    ///
    /// @param coordinates rows, then columns, as many as there are values
    /// @return `[rows, columns]`, attached to `manager`
    public static NDArray matrix(NDManager manager, long[][] coordinates, float[] values, long rows, long columns) {
        try (NDArray javaCoordinates = manager.create(coordinates);
                NDArray javaValues = manager.create(values);
                NDArray ownCoordinates = javaCoordinates.duplicate();
                NDArray ownValues = javaValues.duplicate()) {
            return JniUtils.createSparseCoo(
                    (PtNDArray) ownCoordinates, (PtNDArray) ownValues, new Shape(rows, columns));
        }
    }
}
