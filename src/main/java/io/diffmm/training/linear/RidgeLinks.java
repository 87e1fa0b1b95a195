package io.diffmm.training.linear;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.model.linear.ItemLinks;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.BestRows;
import java.util.List;
import java.util.stream.IntStream;

/// Links items by the ridge regression of every item on all others: of each row the weights of greatest size.
final class RidgeLinks {

    private RidgeLinks() {}

    /// Fits the regression and keeps what is greatest.
    ///
    /// @param parent of the native arrays that are needed meanwhile
    static ItemLinks fit(InteractionMatrix train, LinearSettings settings, NDManager parent) {
        try (RidgeRegression regression = RidgeRegression.fit(train, settings.ridgeLambda(), parent)) {
            List<Ranking> rows = IntStream.range(0, regression.size())
                    .mapToObj(item -> greatest(regression.weights(item), settings.links()))
                    .toList();
            return LinkRows.compress(rows);
        }
    }

    private static Ranking greatest(double[] weights, int count) {
        BestRows best = new BestRows(count);
        for (int item = 0; item < weights.length; item++) {
            if (weights[item] != 0) {
                best.offer(item, Math.abs(weights[item]));
            }
        }
        return signed(best.drain(), weights);
    }

    private static Ranking signed(Ranking sizes, double[] weights) {
        int[] items = sizes.rows();
        float[] values = new float[items.length];
        for (int place = 0; place < items.length; place++) {
            values[place] = (float) weights[items[place]];
        }
        return new Ranking(items, values);
    }
}
