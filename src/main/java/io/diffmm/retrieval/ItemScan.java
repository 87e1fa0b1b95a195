package io.diffmm.retrieval;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import java.util.List;

/// Approximate products of queries with every item, and how far from the exact ones they may be.
///
/// The error has two sources, the vectors as they are held and the queries as they are multiplied, and by Cauchy and
/// Schwarz neither can add more than its length times the other's: `|q . w - q' . w'| <= |q| |w - w'| + |q - q'| |w'|`.
/// To that comes what the additions round. Shapes: B queries, I items, F numbers. Runs as one program, `item-scan.pt`.
///
/// Memory: the program belongs to the manager given at construction and holds the vectors.
final class ItemScan implements AutoCloseable {

    /// Items of which the greatest product is known.
    static final int BLOCK = 64;

    private final EngineScript program;
    private final NDManager manager;
    private final Precision precision;
    private final int width;
    private final double heldError; // greatest |w - w'|
    private final double heldNorm; // greatest |w'|
    private final double biasNorm; // greatest |bias|

    /// Hands the vectors to the program.
    ///
    /// @param manager keeps the program as long as this object is used
    ItemScan(ItemVectors vectors, Precision precision, NDManager manager) {
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

    /// A manager for what one batch needs; whoever asks for it closes it.
    NDManager newScope() {
        return manager.newSubManager();
    }

    /// The approximate products of a batch.
    ///
    /// @param scope owns their memory: they may be used until it is closed
    Products products(List<double[]> queries, NDManager scope) {
        float[] flat = new float[queries.size() * width];
        for (int row = 0; row < queries.size(); row++) {
            for (int at = 0; at < width; at++) {
                flat[row * width + at] = (float) queries.get(row)[at];
            }
        }
        NDArray input = EngineArrays.dense(scope, flat, new Shape(queries.size(), width)); // [B, F]
        NDList results = program.callForList("forward", scope, input); // [B, I'], [B, I' / BLOCK]
        return new Products(
                results.get(0).toByteBuffer(true), // a view: a copy of so much for each batch keeps the collector busy
                results.get(1).toFloatArray(),
                queries.stream().mapToDouble(this::errorBound).toArray(),
                precision.relativeError());
    }

    private double errorBound(double[] query) {
        double norm = ItemVectors.norm(query);
        double queryError = precision.queryError(query, norm);
        double product = (norm + queryError) * heldNorm;
        return norm * heldError
                + queryError * heldNorm
                + Precision.sumError(width) * (product + biasNorm)
                + precision.relativeError() * biasNorm // which is added after the product has been rounded
                + Float.MIN_NORMAL * width;
    }

    @Override
    public void close() {
        program.close();
    }
}
