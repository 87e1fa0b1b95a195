package io.diffmm.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;

/// What each of N nodes receives in one step of propagation: a weighted sum of its neighbours' states.
///
/// Memory: the arrays belong to the manager that they were made with; closing this frees them at once.
///
/// @param columns the neighbours, node after node, int64
/// @param offsets where each node's neighbours begin, `[N]` int64
/// @param weights of the neighbours, float32
public record Neighbours(NDArray columns, NDArray offsets, NDArray weights) implements AutoCloseable {

    static Neighbours of(NDManager manager, long[] columns, long[] offsets, float[] weights) {
        return new Neighbours(
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
}
