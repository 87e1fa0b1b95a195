package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.diffmm.engine.VectorMath;
import io.diffmm.model.Recency;
import io.diffmm.model.UserHistory;
import java.util.ArrayList;
import java.util.List;

/// Forward pass of [GraphNetwork] for one user's row in serving, with precomputed states of the items.
///
/// A node's new state is a weighted sum over its neighbours, and a user's neighbours are the items of the
/// history. Given the states of the items in every layer, the final embedding of a user takes a few vectors of d
/// numbers. Plain Java in float64, summed in the order of the history: the same result in any batch and on any
/// device.
///
/// The embedding of a user unknown to training is the mean of [ItemStates#itemUserMeans] over the history.
final class UserPropagation {

    private static final double MIN_NORM = 1e-12;

    private final ItemStates items;
    private final double modalityGraph;
    private final double residual;

    private UserPropagation(ItemStates items, RecommendationForm.Published form) {
        this.items = items;
        this.modalityGraph = form.modalityGraph();
        this.residual = form.residual();
    }

    /// Returns the forward pass over published arrays.
    static UserPropagation of(NDList arrays, List<String> modalities, RecommendationForm.Published form) {
        return new UserPropagation(ItemStates.of(arrays, modalities, form.layers()), form);
    }

    /// Computes `H_u`.
    ///
    /// @param recency weights of the user's edges to the items of the history
    /// @param edges generated edges of the user by modality, M arrays
    /// @return `[d]`
    double[] finalState(UserHistory user, Recency recency, List<int[]> edges) {
        var history = new WeightedItems(user.items(), recency.weights(user.items().length));
        double[] id =
                user.user().isPresent() ? items.users().row(user.user().getAsInt()) : meanOfItemUsers(history); // E_u
        double[] first = firstState(id, history, edges); // H0
        double[] total = first.clone();
        double[] state = first;
        for (EmbeddingTable layer : items.layers()) {
            state = propagate(state, history, layer);
            VectorMath.addScaled(total, state, 1);
        }
        VectorMath.addScaled(total, first, residual / Math.max(VectorMath.norm(first), MIN_NORM));
        return total;
    }

    /// Computes the user's row of `H0 = sum_m kappa_m (Z1 + Z2 + gamma Zg)`.
    private double[] firstState(double[] id, WeightedItems history, List<int[]> edges) {
        double[] state = new double[id.length];
        for (int m = 0; m < edges.size(); m++) {
            double[] once = propagate(id, history, items.mapped().get(m)); // Z1
            double[] twice = propagate(once, history, items.embeddings()); // Z2
            double[] generated = propagate(
                    id, WeightedItems.equal(edges.get(m)), items.generated().get(m)); // Zg
            double kappa = items.modalityWeights().get(m);
            VectorMath.addScaled(state, once, kappa);
            VectorMath.addScaled(state, twice, kappa);
            VectorMath.addScaled(state, generated, kappa * modalityGraph);
        }
        return state;
    }

    /// Propagates along one row of a normalised graph with self-loops:
    /// `own / n_u + sum_i state_i / sqrt(n_u n_i)`, where `table` contains `state_i / sqrt(n_i)`.
    private static double[] propagate(double[] own, WeightedItems neighbours, EmbeddingTable table) {
        double degree = neighbours.items.length + 1.0;
        double[] next = new double[own.length];
        VectorMath.addScaled(next, own, 1 / degree);
        for (int at = 0; at < neighbours.items.length; at++) {
            table.addTo(next, neighbours.items[at], neighbours.weights[at] / Math.sqrt(degree));
        }
        return next;
    }

    private double[] meanOfItemUsers(WeightedItems history) {
        double[] mean = new double[items.embeddings().columns()];
        for (int at = 0; at < history.items.length; at++) {
            items.itemUserMeans().addTo(mean, history.items[at], history.weights[at] / history.items.length);
        }
        return mean;
    }

    /// Neighbours and their relative weights, with a mean of 1.
    private static final class WeightedItems {

        private final int[] items;
        private final double[] weights;

        WeightedItems(int[] items, double[] weights) {
            this.items = items;
            this.weights = weights;
        }

        static WeightedItems equal(int[] items) {
            return new WeightedItems(items, Recency.NONE.weights(items.length));
        }
    }

    /// States of the items and embeddings of the trained users: the part of the graph that a user's row
    /// depends on.
    ///
    /// States of neighbours are divided by the root of the item's degree, the item's half of a normalised
    /// edge. In plain Java, independent of native arrays. Shapes: U users, I items, d embedding.
    ///
    /// @param users `E_u`, `[U, d]`
    /// @param itemUserMeans mean `E_u` of each item's users by [EmbeddingTable#itemUserMeans], `[I, d]`;
    ///     zero for an item without users
    /// @param mapped `norm(F_m)` over the root of the degree, of each modality, `[I, d]`
    /// @param embeddings `E_i` over the root of the degree, `[I, d]`
    /// @param generated `E_i` over the root of the degree in each modality's generated graph, `[I, d]`
    /// @param layers `Abar^l H0` of the items over the root of the degree for l = 0..L-1, `[I, d]`
    /// @param modalityWeights kappa, M weights
    private record ItemStates(
            EmbeddingTable users,
            EmbeddingTable itemUserMeans,
            List<EmbeddingTable> mapped,
            EmbeddingTable embeddings,
            List<EmbeddingTable> generated,
            List<EmbeddingTable> layers,
            List<Double> modalityWeights) {

        /// Returns the states in published arrays.
        static ItemStates of(NDList arrays, List<String> modalities, int layerCount) {
            int[] degrees = arrays.get(PublishedArrays.DEGREE).toIntArray();
            EmbeddingTable embeddings = EmbeddingTable.of(arrays.get(GraphParameters.ITEMS));
            List<EmbeddingTable> mapped = new ArrayList<>();
            List<EmbeddingTable> generated = new ArrayList<>();
            for (String modality : modalities) {
                mapped.add(EmbeddingTable.of(arrays.get(PublishedArrays.mapped(modality)))
                        .overRootOf(degrees));
                generated.add(embeddings.overRootOf(
                        arrays.get(PublishedArrays.generatedDegree(modality)).toIntArray()));
            }
            List<EmbeddingTable> layers = new ArrayList<>();
            for (int layer = 0; layer < layerCount; layer++) {
                layers.add(EmbeddingTable.of(arrays.get(PublishedArrays.layer(layer)))
                        .overRootOf(degrees));
            }
            return new ItemStates(
                    EmbeddingTable.of(arrays.get(GraphParameters.USERS)),
                    EmbeddingTable.of(arrays.get(PublishedArrays.AUDIENCE)),
                    mapped,
                    embeddings.overRootOf(degrees),
                    generated,
                    layers,
                    softmax(arrays.get(GraphParameters.MODALITIES)));
        }

        private static List<Double> softmax(NDArray logits) {
            float[] values = logits.toFloatArray();
            double total = 0;
            for (float value : values) {
                total += Math.exp(value);
            }
            List<Double> weights = new ArrayList<>();
            for (float value : values) {
                weights.add(Math.exp(value) / total);
            }
            return weights;
        }
    }
}
