package io.diffmm.training.linear;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.engine.EngineArrays;
import io.diffmm.model.linear.ItemLinks;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.BestRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Links every item with those whose features are most like its own.
///
/// Alike is the cosine of features standardised by column ([UnitRows]). Only cosines above zero count, and those of an
/// item are divided by their sum; an item that resembles none has no neighbours. Products of blocks are made one at a
/// time, so that memory is that of the features once more. Time grows with the square of the items.
final class ItemNeighbours {

    private static final int HEIGHT = 1024;

    /// What is below may be all that rounding left of a zero.
    private static final double LEAST_COSINE = 1e-6;

    private final int items;
    private final int height;
    private final List<NDArray> blocks = new ArrayList<>(); // [height, columns] each, the last may be lower

    private ItemNeighbours(FeatureMatrix features, int height, NDManager manager) {
        this.items = features.rows();
        this.height = height;
        UnitRows rows = new UnitRows(features);
        for (int from = 0; from < items; from += height) {
            int to = Math.min(items, from + height);
            blocks.add(EngineArrays.dense(manager, rows.rows(from, to), new Shape(to - from, features.columns())));
        }
    }

    /// Finds the neighbours of all items.
    ///
    /// @param count of an item's neighbours, at most
    /// @param parent of the native arrays that are needed meanwhile
    static ItemLinks find(FeatureMatrix features, int count, NDManager parent) {
        return find(features, count, parent, HEIGHT);
    }

    static ItemLinks find(FeatureMatrix features, int count, NDManager parent, int height) {
        try (NDManager manager = parent.newSubManager()) {
            ItemNeighbours neighbours = new ItemNeighbours(features, height, manager);
            List<Ranking> rows = new ArrayList<>();
            for (int block = 0; block < neighbours.blocks.size(); block++) {
                neighbours.rows(block, count).map(ItemNeighbours::normalised).forEach(rows::add);
            }
            return LinkRows.compress(rows);
        }
    }

    private Stream<Ranking> rows(int block, int count) {
        NDArray left = blocks.get(block);
        BestRows[] best = new BestRows[Math.min(height, items - block * height)];
        Arrays.setAll(best, _ -> new BestRows(count));
        for (int other = 0; other < blocks.size(); other++) {
            offer(best, block * height, cosines(left, blocks.get(other)), other * height);
        }
        return Arrays.stream(best).map(BestRows::drain);
    }

    private static float[] cosines(NDArray left, NDArray right) {
        try (NDArray transposed = right.transpose();
                NDArray product = left.matMul(transposed)) {
            return product.toFloatArray();
        }
    }

    /// Offers every item of a block those of another.
    ///
    /// @param cosines `[items, others]`
    private static void offer(BestRows[] best, int firstItem, float[] cosines, int firstOther) {
        int others = cosines.length / best.length;
        for (int row = 0; row < best.length; row++) {
            double threshold = Math.max(LEAST_COSINE, best[row].threshold());
            for (int column = 0; column < others; column++) {
                float cosine = cosines[row * others + column];
                if (cosine > threshold && firstItem + row != firstOther + column) {
                    best[row].offer(firstOther + column, cosine);
                    threshold = Math.max(LEAST_COSINE, best[row].threshold());
                }
            }
        }
    }

    private static Ranking normalised(Ranking row) {
        float[] weights = row.scores();
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        for (int place = 0; place < weights.length; place++) {
            weights[place] = (float) (weights[place] / sum);
        }
        return new Ranking(row.rows(), weights);
    }
}
