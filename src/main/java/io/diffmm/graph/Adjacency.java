package io.diffmm.graph;

/// A normalised graph in native arrays, in both directions.
///
/// Memory: the arrays belong to the manager that they were made with; closing this frees them at once.
///
/// @param forward what each node receives from whom
/// @param backward the transpose, for gradients; the same arrays where the graph is symmetric
public record Adjacency(Neighbours forward, Neighbours backward) implements AutoCloseable {

    @Override
    public void close() {
        forward.close();
        backward.close();
    }
}
