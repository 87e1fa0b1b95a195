package io.diffmm.graph;

import ai.djl.ndarray.NDArray;

/// A normalised graph as a sparse native array, `[N, N]` over N = U + I nodes.
///
/// Memory: the array belongs to the manager that it was made with; closing this frees it at once.
public final class Adjacency implements AutoCloseable {

    private final NDArray matrix;

    Adjacency(NDArray matrix) {
        this.matrix = matrix;
    }

    /// One step of propagation: every node's new state is the weighted sum of its neighbours' and its own.
    ///
    /// @param states `[N, d]`
    /// @return `[N, d]`, attached to the manager of `states`; gradients flow to `states`
    public NDArray propagate(NDArray states) {
        NDArray next = matrix.matMul(states); // attaches to the matrix's manager
        next.attach(states.getManager());
        return next;
    }

    @Override
    public void close() {
        matrix.close();
    }
}
