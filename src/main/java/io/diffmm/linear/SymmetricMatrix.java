package io.diffmm.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A symmetric positive definite matrix of float64 that can be inverted in place: the lower half, in blocks.
///
/// The inverse is the symmetric sweep (Beaton 1964), a block at a time. With `D = inv(A_kk)`, sweeping block k makes
/// ```
/// A_kk := -D    A_ik := A_ik D    A_ij := A_ij - A_ik D A_kj
/// ```
/// and once every block is swept the matrix is minus its inverse. A positive definite matrix needs no pivots. Work:
/// n^3 multiplications and additions, nearly all in products of blocks; memory: half the matrix.
///
/// Memory: owns its blocks until it is closed. One thread uses it.
final class SymmetricMatrix implements AutoCloseable {

    /// Wide enough for the engine's products to reach their speed, at 2 MB a block.
    static final int WIDTH = 512;

    private final NDManager manager;
    private final int size;
    private final int width;
    private final List<List<NDArray>> rows = new ArrayList<>(); // row i: blocks (i, 0) to (i, i)
    private final ByteBuffer buffer;

    /// A matrix that is filled row of blocks by row of blocks.
    ///
    /// @param size n, its rows and columns
    /// @param width of a block
    SymmetricMatrix(int size, int width, NDManager parent) {
        this.manager = parent.newSubManager();
        this.size = size;
        this.width = width;
        int widest = Math.min(size, width);
        this.buffer = ByteBuffer.allocateDirect(widest * widest * Double.BYTES).order(ByteOrder.nativeOrder());
    }

    /// How many rows of blocks there are.
    int blocks() {
        return Math.ceilDiv(size, width);
    }

    /// The first row of the matrix that is in a row of blocks.
    int from(int block) {
        return block * width;
    }

    /// How many rows of the matrix are in a row of blocks.
    int height(int block) {
        return Math.min(width, size - from(block));
    }

    /// Adds the next row of blocks.
    ///
    /// @param blocks up to and with the one on the diagonal, each row by row
    void add(double[][] blocks) {
        int row = rows.size();
        List<NDArray> arrays = new ArrayList<>();
        for (int column = 0; column <= row; column++) {
            buffer.clear();
            buffer.asDoubleBuffer().put(blocks[column]);
            buffer.limit(blocks[column].length * Double.BYTES);
            arrays.add(EngineArrays.dense(manager, buffer, new Shape(height(row), height(column)), DataType.FLOAT64));
        }
        rows.add(arrays);
    }

    /// Turns the matrix into its inverse.
    void invert() {
        for (int pivot = 0; pivot < blocks(); pivot++) {
            sweep(pivot);
        }
        rows.forEach(row -> row.forEach(NDArray::negi));
    }

    private void sweep(int pivot) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray inverse = rows.get(pivot).get(pivot).inverse();
            inverse.attach(scope);
            NDList old = column(pivot, scope);
            NDList scaled = scaled(old, inverse, pivot, scope);
            for (int i = 0; i < blocks(); i++) {
                for (int j = 0; j <= i; j++) {
                    if (i != pivot && j != pivot) {
                        subtract(rows.get(i).get(j), scaled.get(i), old.get(j));
                    }
                }
            }
            for (int i = 0; i < blocks(); i++) {
                replace(pivot, i, i == pivot ? inverse.neg() : scaled.get(i));
            }
        }
    }

    /// The blocks of a column, `[height, height of the pivot]` each.
    private NDList column(int pivot, NDManager scope) {
        NDList column = new NDList();
        for (int i = 0; i < blocks(); i++) {
            NDArray block = i >= pivot
                    ? rows.get(i).get(pivot).duplicate()
                    : rows.get(pivot).get(i).transpose();
            block.attach(scope);
            column.add(block);
        }
        return column;
    }

    private static NDList scaled(NDList column, NDArray inverse, int pivot, NDManager scope) {
        NDList scaled = new NDList();
        for (int i = 0; i < column.size(); i++) {
            NDArray block = i == pivot ? inverse : column.get(i).matMul(inverse);
            block.attach(scope);
            scaled.add(block);
        }
        return scaled;
    }

    /// `block -= left right^T`.
    private static void subtract(NDArray block, NDArray left, NDArray right) {
        try (NDArray transposed = right.transpose();
                NDArray product = left.matMul(transposed)) {
            block.subi(product);
        }
    }

    /// Puts a copy of a block of the pivot's column where it stands in the lower half.
    private void replace(int pivot, int i, NDArray block) {
        int row = Math.max(pivot, i);
        int column = Math.min(pivot, i);
        NDArray own = (i < pivot ? block.transpose() : block).duplicate();
        own.attach(manager);
        rows.get(row).set(column, own).close();
    }

    /// The diagonal.
    double[] diagonal() {
        double[] diagonal = new double[size];
        for (int block = 0; block < blocks(); block++) {
            double[] values = rows.get(block).get(block).toDoubleArray();
            for (int row = 0; row < height(block); row++) {
                diagonal[from(block) + row] = values[row * height(block) + row];
            }
        }
        return diagonal;
    }

    /// The whole rows of a row of blocks.
    ///
    /// @return `[height, size]`, attached to `target`
    NDArray wholeRows(int block, NDManager target) {
        try (NDManager scope = manager.newSubManager()) {
            NDList parts = new NDList();
            for (int column = 0; column < blocks(); column++) {
                NDArray part = column <= block
                        ? rows.get(block).get(column).duplicate()
                        : rows.get(column).get(block).transpose();
                part.attach(scope);
                parts.add(part);
            }
            NDArray whole = NDArrays.concat(parts, 1);
            whole.attach(target);
            return whole;
        }
    }

    /// Frees the blocks.
    @Override
    public void close() {
        manager.close();
    }
}
