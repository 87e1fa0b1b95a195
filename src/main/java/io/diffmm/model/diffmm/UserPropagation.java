package io.diffmm.model.diffmm;

import io.diffmm.model.Recency;
import io.diffmm.model.UserHistory;
import java.util.List;

/// The forward pass of [GraphNetwork] for one user's row, with the items' side known: what serving does.
///
/// A node's new state is a weighted sum over its neighbours, and a user's neighbours are the items of a history;
/// so once the items' states of every layer are there, a user's final embedding takes a few vectors of d numbers.
/// Plain Java in float64, summed in the order of the history: the same result in any batch and on any device.
///
/// Somebody whom the model was not trained on stands in with the mean, over the history, of the items' [Audiences].
final class UserPropagation {

    private final ItemStates items;
    private final double modalityGraph;
    private final double residual;

    UserPropagation(ItemStates items, DiffMmSettings settings) {
        this.items = items;
        this.modalityGraph = settings.modalityGraph();
        this.residual = settings.residual();
    }

    /// `H_u`.
    ///
    /// @param recency how the user's edges to the items of the history are weighed
    /// @param edges the items that each modality's diffusion ties to the user, M arrays
    /// @return `[d]`
    double[] finalState(UserHistory user, Recency recency, List<int[]> edges) {
        var history = new WeightedItems(user.items(), recency.weights(user.items().length));
        double[] id = user.user().isPresent() ? items.users().row(user.user().getAsInt()) : standIn(history); // E_u
        double[] first = firstState(id, history, edges); // H0
        double[] total = first.clone();
        double[] state = first;
        for (Table layer : items.layers()) {
            state = propagate(state, history, layer);
            addScaled(total, state, 1);
        }
        addScaled(total, first, residual / norm(first));
        return total;
    }

    /// `H0 = sum_m kappa_m (Z1 + Z2 + gamma Zg)`, the user's row.
    private double[] firstState(double[] id, WeightedItems history, List<int[]> edges) {
        double[] state = new double[id.length];
        for (int m = 0; m < edges.size(); m++) {
            double[] once = propagate(id, history, items.mapped().get(m)); // Z1
            double[] twice = propagate(once, history, items.embeddings()); // Z2
            double[] generated = propagate(
                    id, WeightedItems.alike(edges.get(m)), items.generated().get(m)); // Zg
            double kappa = items.modalityWeights().get(m);
            addScaled(state, once, kappa);
            addScaled(state, twice, kappa);
            addScaled(state, generated, kappa * modalityGraph);
        }
        return state;
    }

    /// One row of a normalised graph with self-loops: `own / n_u + sum_i state_i / sqrt(n_u n_i)`, where `table` holds
    /// `state_i / sqrt(n_i)`.
    private static double[] propagate(double[] own, WeightedItems neighbours, Table table) {
        double degree = neighbours.items.length + 1.0;
        double[] next = new double[own.length];
        addScaled(next, own, 1 / degree);
        for (int at = 0; at < neighbours.items.length; at++) {
            table.addTo(next, neighbours.items[at], neighbours.weights[at] / Math.sqrt(degree));
        }
        return next;
    }

    private double[] standIn(WeightedItems history) {
        double[] mean = new double[items.embeddings().columns()];
        for (int at = 0; at < history.items.length; at++) {
            items.audiences().addTo(mean, history.items[at], history.weights[at] / history.items.length);
        }
        return mean;
    }

    private static void addScaled(double[] total, double[] vector, double weight) {
        for (int j = 0; j < total.length; j++) {
            total[j] += weight * vector[j];
        }
    }

    private static double norm(double[] vector) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        return Math.max(Math.sqrt(squares), 1e-12);
    }

    /// Neighbours, and how much each counts beside the others: 1 on average.
    private static final class WeightedItems {

        private final int[] items;
        private final double[] weights;

        WeightedItems(int[] items, double[] weights) {
            this.items = items;
            this.weights = weights;
        }

        static WeightedItems alike(int[] items) {
            return new WeightedItems(items, Recency.NONE.weights(items.length));
        }
    }
}
