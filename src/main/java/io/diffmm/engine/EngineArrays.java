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

/// Factory of native arrays that own their memory.
///
/// On a CPU, an array that DJL 0.35.1 creates from Java values points into a Java buffer. These methods copy the
/// values once more, for two reasons. The buffer has an arbitrary address, and matrix products round differently at
/// different alignments, so two runs of one program would differ in the last bits. And the garbage collector frees
/// the buffer with the array object, even if a view or a sparse array still refers to it. `NDManager.createCoo`
/// always creates such an array and must not be used.
public final class EngineArrays {

    private static final long ALIGNMENT = 64; // a cache line

    private EngineArrays() {}

    /// Creates a dense array.
    ///
    /// @return array of `shape`, float32, attached to `manager`
    public static NDArray dense(NDManager manager, float[] values, Shape shape) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
            return dense(manager, numbers.asByteBuffer(), shape, DataType.FLOAT32);
        }
    }

    /// Creates a dense array of the numbers in a direct buffer.
    ///
    /// @return array of `shape` and `type`, attached to `manager`
    public static NDArray dense(NDManager manager, ByteBuffer values, Shape shape, DataType type) {
        return moved(manager.create(values.order(ByteOrder.nativeOrder()), shape, type));
    }

    /// Creates a vector of integers.
    ///
    /// @return array of int64, attached to `manager`
    public static NDArray integers(NDManager manager, long[] values) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_LONG, values);
            return dense(manager, numbers.asByteBuffer(), new Shape(values.length), DataType.INT64);
        }
    }

    /// Copies an array into memory that is freed with its owner. A direct buffer would be freed only by the garbage
    /// collector, which does not account for its size.
    ///
    /// @param array dense array of any type
    /// @param owner manager that must stay open while the copy is in use
    /// @return the numbers, row by row, in native byte order
    public static MemorySegment copied(NDArray array, NDManager owner) {
        try (NDArray flat = array.flatten()) {
            MemorySegment numbers = MemorySegment.ofBuffer(flat.toByteBuffer(true));
            return memory(owner, numbers.byteSize()).copyFrom(numbers);
        }
    }

    /// Allocates zeroed memory that is freed with its owner.
    public static MemorySegment memory(NDManager owner, long bytes) {
        Arena arena = Arena.ofShared();
        owner.attachInternal(UUID.randomUUID().toString(), arena);
        return arena.allocate(bytes, ALIGNMENT);
    }

    /// Replaces an array that may point into a Java buffer by a copy that owns its memory, and closes it.
    ///
    /// @return the copy, with the same name and manager
    public static NDArray moved(NDArray array) {
        try (array) {
            NDArray copy = array.duplicate();
            copy.setName(array.getName());
            return copy;
        }
    }
}
