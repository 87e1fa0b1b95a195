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

/// Symmetric positive definite float64 matrix that is inverted in place; only the lower triangle is stored, in
/// blocks.
///
/// The inverse is computed by symmetric sweeps (Beaton 1964), a block at a time. With `D = inv(A_kk)`, the sweep of
/// block k sets
/// ```
/// A_kk := -D    A_ik := A_ik D    A_ij := A_ij - A_ik D A_kj
/// ```
/// and after the sweep of every block the matrix is minus its inverse. A positive definite matrix needs no
/// pivoting. Cost: n^3 multiplications and additions, nearly all in block products; memory: half the matrix.
///
/// Memory: owns its blocks until closed. Not thread-safe.
final class SymmetricMatrix implements AutoCloseable {

    /// Default width of a block (2 MB): wide enough for matrix products to reach their full speed.
    static final int WIDTH = 512;

    private final NDManager manager;
    private final int size;
    private final int width;
    private final List<List<NDArray>> rows = new ArrayList<>(); // row i: blocks (i, 0) to (i, i)
    private final ByteBuffer buffer;

    /// Creates an empty matrix; [#add] fills it, one row of blocks at a time.
    ///
    /// @param size n, number of rows and columns
    /// @param width width of a block
    SymmetricMatrix(int size, int width, NDManager parent) {
        this.manager = parent.newSubManager();
        this.size = size;
        this.width = width;
        int widest = Math.min(size, width);
        this.buffer = ByteBuffer.allocateDirect(widest * widest * Double.BYTES).order(ByteOrder.nativeOrder());
    }

    /// Returns the number of rows of blocks.
    int blocks() {
        return Math.ceilDiv(size, width);
    }

    /// Returns the first matrix row of a row of blocks.
    int from(int block) {
        return block * width;
    }

    /// Returns the number of matrix rows in a row of blocks.
    int height(int block) {
        return Math.min(width, size - from(block));
    }

    /// Adds the next row of blocks.
    ///
    /// @param blocks blocks from the first column to the diagonal, each row-major
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

    /// Replaces the matrix by its inverse.
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

    /// Returns the blocks of a column, `[height, height of the pivot]` each.
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

    /// Computes `block -= left right^T`.
    private static void subtract(NDArray block, NDArray left, NDArray right) {
        try (NDArray transposed = right.transpose();
                NDArray product = left.matMul(transposed)) {
            block.subi(product);
        }
    }

    /// Stores a copy of a block of the pivot's column at its position in the lower triangle.
    private void replace(int pivot, int i, NDArray block) {
        int row = Math.max(pivot, i);
        int column = Math.min(pivot, i);
        NDArray own = (i < pivot ? block.transpose() : block).duplicate();
        own.attach(manager);
        rows.get(row).set(column, own).close();
    }

    /// Returns the diagonal.
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

    /// Returns the complete matrix rows of a row of blocks.
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
