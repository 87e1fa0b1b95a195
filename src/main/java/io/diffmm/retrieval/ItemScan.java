package io.diffmm.retrieval;

import ai.djl.ndarray.NDArray;
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

    private static final int QUERY_LEVELS = 127;

    private final EngineScript program;
    private final NDManager manager;
    private final Precision precision;
    private final int items;
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
        this.items = vectors.size();
        this.width = vectors.width();
        program = EngineScript.load("item-scan", manager);
        try (NDManager scope = manager.newSubManager()) {
            float[] norms = program.call(
                            methodOf(precision), scope, vectors.toArray(scope), vectors.biasesToArray(scope))
                    .toFloatArray();
            heldError = norms[0];
            heldNorm = norms[1];
            biasNorm = norms[2];
        }
    }

    private static String methodOf(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> "float32";
            case BFLOAT16 -> "bfloat16";
            case INT8 -> "int8";
        };
    }

    /// The approximate products of a batch.
    Products products(List<double[]> queries) {
        float[] flat = new float[queries.size() * width];
        for (int row = 0; row < queries.size(); row++) {
            for (int at = 0; at < width; at++) {
                flat[row * width + at] = (float) queries.get(row)[at];
            }
        }
        try (NDManager scope = manager.newSubManager()) {
            NDArray input = EngineArrays.dense(scope, flat, new Shape(queries.size(), width)); // [B, F]
            float[] values = program.call("forward", scope, input).toFloatArray(); // [B, I]
            double step = step(flat);
            return new Products(
                    values,
                    items,
                    queries.stream()
                            .mapToDouble(query -> errorBound(query, step))
                            .toArray());
        }
    }

    /// The distance of neighbouring numbers when the batch is held in int8; zero is one of them.
    private static double step(float[] queries) {
        float least = 0;
        float most = 0;
        for (float value : queries) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        return Math.max(((double) most - least) / QUERY_LEVELS, Float.MIN_NORMAL);
    }

    private double errorBound(double[] query, double step) {
        double squares = 0;
        for (double value : query) {
            squares += value * value;
        }
        double norm = Math.sqrt(squares);
        double queryError = precision.queryError(query, norm, step);
        double product = (norm + queryError) * heldNorm;
        return norm * heldError
                + queryError * heldNorm
                + precision.productError(width) * (product + biasNorm)
                + Float.MIN_NORMAL * width;
    }

    @Override
    public void close() {
        program.close();
    }

    /// Products of a batch.
    static final class Products {

        private final float[] values; // [B, I]
        private final int items;
        private final double[] errors; // [B]

        Products(float[] values, int items, double[] errors) {
            this.values = values;
            this.items = items;
            this.errors = errors;
        }

        /// A query's products with every item, `[I]`.
        float[] row(int query) {
            if (errors.length == 1) {
                return values;
            }
            float[] row = new float[items];
            System.arraycopy(values, query * items, row, 0, items);
            return row;
        }

        /// How far a query's products may be from the exact ones.
        double error(int query) {
            return errors[query];
        }
    }
}
