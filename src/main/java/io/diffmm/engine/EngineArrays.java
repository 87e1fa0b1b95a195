package io.diffmm.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Makes native arrays from Java values in memory of the engine's own.
///
/// On a CPU an array that DJL 0.35.1 makes from Java values points into a Java buffer. That has two consequences
/// which these methods avoid by copying once more. The buffer lies at any address, and matrix products round
/// differently at different alignments, so that two runs of one program differ in the last bits. And whatever
/// outlives the array object, a view or a sparse array say, is left with memory that the garbage collector frees;
/// `NDManager.createCoo` makes such an array always, and must not be used.
public final class EngineArrays {

    private EngineArrays() {}

    /// A dense array.
    ///
    /// @return of `shape`, float32, attached to `manager`
    public static NDArray dense(NDManager manager, float[] values, Shape shape) {
        return moved(manager.create(values, shape));
    }

    /// A dense array of the numbers in a direct buffer.
    ///
    /// @return of `shape` and `type`, attached to `manager`
    public static NDArray dense(NDManager manager, ByteBuffer values, Shape shape, DataType type) {
        return moved(manager.create(values.order(ByteOrder.nativeOrder()), shape, type));
    }

    /// A vector of whole numbers.
    ///
    /// @return int64, attached to `manager`
    public static NDArray integers(NDManager manager, long[] values) {
        return moved(manager.create(values));
    }

    /// Copies an array that may point into a Java buffer, and closes it.
    ///
    /// @return the copy, under the same name and manager
    public static NDArray moved(NDArray array) {
        try (array) {
            NDArray copy = array.duplicate();
            copy.setName(array.getName());
            return copy;
        }
    }
}
