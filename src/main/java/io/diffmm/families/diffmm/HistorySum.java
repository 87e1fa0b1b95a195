package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDList;
import io.diffmm.engine.VectorMath;
import io.diffmm.model.Recency;
import io.diffmm.model.UserHistory;
import io.diffmm.retrieval.ItemVectors;
import java.util.List;
import java.util.stream.Stream;

/// User vectors of the form `history` in serving: `u = R z + gamma sum_m R_m z` of [HistoryNetwork] for
/// one user's row, normalised to length 1 in each view of the score.
///
/// Plain Java in float64, summed in the order of the history: the same result in any batch and on any
/// device. A user's identity has no part in it, so that users unknown to training are served like all
/// others.
final class HistorySum {

    private final ItemVectors units;
    private final int views;
    private final float[] lengths; // [I, V]
    private final List<int[]> degrees; // of the interactions, then of each generated graph
    private final double modalityGraph;

    private HistorySum(ItemVectors units, int views, float[] lengths, List<int[]> degrees, double modalityGraph) {
        this.units = units;
        this.views = views;
        this.lengths = lengths;
        this.degrees = degrees;
        this.modalityGraph = modalityGraph;
    }

    /// Returns the sums over published arrays.
    ///
    /// @param units unit vectors of the items
    static HistorySum of(NDList arrays, ItemVectors units, List<String> modalities, RecommendationForm.History form) {
        Stream<String> generated =
                form.modalityGraph() > 0 ? modalities.stream().map(PublishedArrays::generatedDegree) : Stream.empty();
        return new HistorySum(
                units,
                form.views(modalities.size()),
                arrays.get(PublishedArrays.LENGTHS).toFloatArray(),
                Stream.concat(Stream.of(PublishedArrays.DEGREE), generated)
                        .map(name -> arrays.get(name).toIntArray())
                        .toList(),
                form.modalityGraph());
    }

    /// Computes the user's vector, `[V d]`.
    ///
    /// @param recency weights of the items of the history
    /// @param edges generated edges of the user by modality
    double[] unit(UserHistory user, Recency recency, List<int[]> edges) {
        double[] sum = new double[units.width()];
        add(sum, user.items(), recency.weights(user.items().length), degrees.getFirst());
        for (int m = 0; m < edges.size(); m++) {
            double[] equal = Recency.NONE.weights(edges.get(m).length);
            VectorMath.scale(equal, modalityGraph);
            add(sum, edges.get(m), equal, degrees.get(1 + m));
        }
        normalise(sum);
        return sum;
    }

    /// Adds one row of a normalised graph: `sum_i w_i z_i / sqrt(n_u n_i)`.
    private void add(double[] sum, int[] items, double[] weights, int[] itemDegrees) {
        for (int at = 0; at < items.length; at++) {
            double weight = weights[at] / Math.sqrt((double) items.length * itemDegrees[items[at]]);
            addItem(sum, items[at], weight);
        }
    }

    private void addItem(double[] sum, int item, double weight) {
        int width = sum.length / views;
        for (int at = 0; at < sum.length; at++) {
            sum[at] += weight * lengths[item * views + at / width] * units.value(item, at);
        }
    }

    private void normalise(double[] sum) {
        int width = sum.length / views;
        for (int view = 0; view < views; view++) {
            double squares = 0;
            for (int at = view * width; at < (view + 1) * width; at++) {
                squares += sum[at] * sum[at];
            }
            for (int at = view * width; at < (view + 1) * width && squares > 0; at++) {
                sum[at] /= Math.sqrt(squares);
            }
        }
    }
}
