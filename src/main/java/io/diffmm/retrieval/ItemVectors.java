package io.diffmm.retrieval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.VectorMath;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Vectors of all items in float32, `[I, F]`, row by row, and a bias for each item. Every search computes exact
/// scores from them.
///
/// Memory: refers to segments that it does not own, such as a mapped file. Thread-safe.
public final class ItemVectors {

    /// Layout of a number in the segments.
    public static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int LANES = 4;

    private final MemorySegment vectors;
    private final MemorySegment biases;
    private final int size;
    private final int width;
    private final boolean biased;

    /// Creates vectors over segments of memory.
    ///
    /// @param vectors `[I, F]`, row by row
    /// @param biases `[I]`
    /// @param width F
    /// @throws IllegalArgumentException if the sizes of the segments differ from I rows
    public ItemVectors(MemorySegment vectors, MemorySegment biases, int width) {
        long items = biases.byteSize() / Float.BYTES;
        if (vectors.byteSize() != items * width * Float.BYTES) {
            throw new IllegalArgumentException(
                    "%d bytes are not %d vectors of %d numbers".formatted(vectors.byteSize(), items, width));
        }
        this.vectors = vectors;
        this.biases = biases;
        this.size = Math.toIntExact(items);
        this.width = width;
        this.biased = anyBias();
    }

    /// Copies native arrays.
    ///
    /// @param vectors `[I, F]`, float32
    /// @param biases `[I]`, float32
    /// @param owner owner of the copies
    public static ItemVectors of(NDArray vectors, NDArray biases, NDManager owner) {
        return new ItemVectors(EngineArrays.copied(vectors, owner), EngineArrays.copied(biases, owner), (int)
                vectors.getShape().get(1));
    }

    /// Copies a native array `[I, F]`, float32; the biases are zero.
    ///
    /// @param owner owner of the copy
    public static ItemVectors of(NDArray vectors, NDManager owner) {
        long items = vectors.getShape().get(0);
        return new ItemVectors(
                EngineArrays.copied(vectors, owner), EngineArrays.memory(owner, items * Float.BYTES), (int)
                        vectors.getShape().get(1));
    }

    /// Returns whether any item has a nonzero bias.
    public boolean isBiased() {
        return biased;
    }

    private boolean anyBias() {
        for (int item = 0; item < size; item++) {
            if (bias(item) != 0) {
                return true;
            }
        }
        return false;
    }

    /// Returns a copy of the vectors, normalised to length 1 and without biases; a zero vector stays zero.
    ///
    /// @param owner owner of the copy
    public ItemVectors unit(NDManager owner) {
        MemorySegment units = EngineArrays.memory(owner, vectors.byteSize());
        for (int item = 0; item < size; item++) {
            double length = VectorMath.norm(vector(item));
            long start = (long) item * width * Float.BYTES;
            for (int at = 0; at < width && length > 0; at++) {
                units.set(FLOAT, start + (long) at * Float.BYTES, (float) (value(item, at) / length));
            }
        }
        return new ItemVectors(units, EngineArrays.memory(owner, (long) size * Float.BYTES), width);
    }

    /// Returns the norm of the longest vector.
    public double longest() {
        double longest = 0;
        for (int item = 0; item < size; item++) {
            longest = Math.max(longest, VectorMath.norm(vector(item)));
        }
        return longest;
    }

    /// Copies an item's vector, F numbers of float32, to a segment.
    public void copy(int item, MemorySegment target, long offset) {
        long bytes = (long) width * Float.BYTES;
        MemorySegment.copy(vectors, item * bytes, target, offset, bytes);
    }

    /// Copies the vectors to a native array, `[I, F]`, attached to `manager`.
    NDArray toArray(NDManager manager) {
        return EngineArrays.dense(manager, vectors.asByteBuffer(), new Shape(size, width), DataType.FLOAT32);
    }

    /// Copies the biases to a native array, `[I]`, attached to `manager`.
    NDArray biasesToArray(NDManager manager) {
        return EngineArrays.dense(manager, biases.asByteBuffer(), new Shape(size), DataType.FLOAT32);
    }

    /// Returns I, the number of items.
    public int size() {
        return size;
    }

    /// Returns F, the width of the vectors.
    public int width() {
        return width;
    }

    /// Returns component `at` of an item's vector.
    public float value(int item, int at) {
        return vectors.get(FLOAT, ((long) item * width + at) * Float.BYTES);
    }

    /// Returns a copy of an item's vector.
    public double[] vector(int item) {
        double[] copy = new double[width];
        for (int at = 0; at < width; at++) {
            copy[at] = value(item, at);
        }
        return copy;
    }

    /// Returns an item's bias.
    public float bias(int item) {
        return biases.get(FLOAT, (long) item * Float.BYTES);
    }

    /// Returns `query . vector + bias` in float64, always summed in the same order.
    public double product(double[] query, int item) {
        long start = (long) item * width * Float.BYTES;
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int unrolled = width - width % LANES;
        for (int at = 0; at < unrolled; at += LANES) { // four sums, whose additions do not depend on each other
            long address = start + (long) at * Float.BYTES;
            a += query[at] * vectors.get(FLOAT, address);
            b += query[at + 1] * vectors.get(FLOAT, address + Float.BYTES);
            c += query[at + 2] * vectors.get(FLOAT, address + 2 * Float.BYTES);
            d += query[at + 3] * vectors.get(FLOAT, address + 3 * Float.BYTES);
        }
        for (int at = unrolled; at < width; at++) {
            a += query[at] * value(item, at);
        }
        return (a + b) + (c + d) + bias(item);
    }
}
