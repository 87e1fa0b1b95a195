package io.diffmm.retrieval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.engine.VectorMath;
import java.util.List;

/// Scan that computes approximate inner products of queries with every item, and bounds of their errors.
///
/// The error has two sources: the rounded vectors `w'` and the rounded queries `q'`. By the Cauchy-Schwarz
/// inequality, `|q . w - q' . w'| <= |q| |w - w'| + |q - q'| |w'|`. The rounding of the additions is added to that.
/// Shapes: B queries, I items, F numbers. Runs as one program, `item-scan.pt`.
///
/// Memory: the manager given at construction owns the program, which contains the vectors.
final class FlatScan implements AutoCloseable {

    /// Number of items in a block; the program returns the maximum of each block.
    static final int BLOCK = 64;

    private final EngineScript program;
    private final NDManager manager;
    private final Precision precision;
    private final int width;
    private final double heldError; // max |w - w'|
    private final double heldNorm; // max |w'|
    private final double biasNorm; // max |bias|

    /// Loads the program and the vectors.
    ///
    /// @param manager owner of the program; must stay open while this object is in use
    FlatScan(ItemVectors vectors, Precision precision, NDManager manager) {
        this.manager = manager;
        this.precision = precision;
        this.width = vectors.width();
        program = EngineScript.load("item-scan", manager);
        try (NDManager scope = manager.newSubManager()) {
            float[] norms = program.call(precision.label(), scope, vectors.toArray(scope), vectors.biasesToArray(scope))
                    .toFloatArray();
            heldError = norms[0];
            heldNorm = norms[1];
            biasNorm = norms[2];
        }
    }

    Precision precision() {
        return precision;
    }

    /// Creates a manager for the arrays of one batch. The caller closes it.
    NDManager newScope() {
        return manager.newSubManager();
    }

    /// Computes the approximate products of a batch.
    ///
    /// @param scope owner of the result, which is valid until the scope is closed
    ApproximateScores products(List<double[]> queries, NDManager scope) {
        float[] flat = new float[queries.size() * width];
        for (int row = 0; row < queries.size(); row++) {
            for (int at = 0; at < width; at++) {
                flat[row * width + at] = (float) queries.get(row)[at];
            }
        }
        NDArray input = EngineArrays.dense(scope, flat, new Shape(queries.size(), width)); // [B, F]
        NDList results = program.callForList("forward", scope, input); // [B, I'], [B, I' / BLOCK]
        return new ApproximateScores(
                results.get(0).toByteBuffer(true), // a view: a copy for each batch would burden the garbage collector
                results.get(1).toFloatArray(),
                queries.stream().mapToDouble(this::errorBound).toArray(),
                precision.relativeError());
    }

    private double errorBound(double[] query) {
        double norm = VectorMath.norm(query);
        double queryError = precision.queryError(query, norm);
        double product = (norm + queryError) * heldNorm;
        return norm * heldError
                + queryError * heldNorm
                + Precision.sumError(width) * (product + biasNorm)
                + precision.relativeError() * biasNorm // the bias is added after the product has been rounded
                + Float.MIN_NORMAL * width;
    }

    @Override
    public void close() {
        program.close();
    }
}
