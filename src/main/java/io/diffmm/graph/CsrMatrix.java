package io.diffmm.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;

/// Sparse matrix in compressed sparse row (CSR) format, in native arrays: the weights of each node's neighbours in
/// one step of propagation.
///
/// Memory: the manager given at creation owns the arrays; [#close] frees them at once.
///
/// @param columns columns of the entries, row by row, int64
/// @param offsets index of the first entry of each of N rows, `[N]` int64
/// @param weights values of the entries, float32
public record CsrMatrix(NDArray columns, NDArray offsets, NDArray weights) implements AutoCloseable {

    static CsrMatrix of(NDManager manager, long[] columns, long[] offsets, float[] weights) {
        return new CsrMatrix(
                EngineArrays.integers(manager, columns),
                EngineArrays.integers(manager, offsets),
                EngineArrays.dense(manager, weights, new Shape(weights.length)));
    }

    @Override
    public void close() {
        columns.close();
        offsets.close();
        weights.close();
    }

    /// Normalised adjacency matrix and its transpose.
    ///
    /// Memory: the manager given at creation owns the arrays; [#close] frees them at once.
    ///
    /// @param forward weights with which each node receives its neighbours' states
    /// @param backward transpose, for gradients; the same arrays if the graph is symmetric
    public record Adjacency(CsrMatrix forward, CsrMatrix backward) implements AutoCloseable {

        @Override
        public void close() {
            forward.close();
            backward.close();
        }
    }
}
