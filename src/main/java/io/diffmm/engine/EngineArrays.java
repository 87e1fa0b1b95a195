package io.diffmm.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/// Makes native arrays from Java values in memory of the engine's own.
///
/// On a CPU an array that DJL 0.35.1 makes from Java values points into a Java buffer. That has two consequences
/// which these methods avoid by copying once more. The buffer lies at any address, and matrix products round
/// differently at different alignments, so that two runs of one program differ in the last bits. And whatever
/// outlives the array object, a view or a sparse array say, is left with memory that the garbage collector frees;
/// `NDManager.createCoo` makes such an array always, and must not be used.
public final class EngineArrays {

    private static final long ALIGNMENT = 64; // a cache line

    private EngineArrays() {}

    /// A dense array.
    ///
    /// @return of `shape`, float32, attached to `manager`
    public static NDArray dense(NDManager manager, float[] values, Shape shape) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
            return dense(manager, numbers.asByteBuffer(), shape, DataType.FLOAT32);
        }
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
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_LONG, values);
            return dense(manager, numbers.asByteBuffer(), new Shape(values.length), DataType.INT64);
        }
    }

    /// A copy of an array in memory that is freed with its owner: direct buffers are freed only when the garbage
    /// collector finds them, and it does not know how large they are.
    ///
    /// @param array dense, of any type
    /// @param owner is closed when nobody reads the copy any more
    /// @return row by row, in the machine's byte order
    public static MemorySegment copied(NDArray array, NDManager owner) {
        try (NDArray flat = array.flatten()) {
            MemorySegment numbers = MemorySegment.ofBuffer(flat.toByteBuffer(true));
            return memory(owner, numbers.byteSize()).copyFrom(numbers);
        }
    }

    /// Memory of zeros that is freed with its owner.
    public static MemorySegment memory(NDManager owner, long bytes) {
        Arena arena = Arena.ofShared();
        owner.attachInternal(UUID.randomUUID().toString(), arena);
        return arena.allocate(bytes, ALIGNMENT);
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
