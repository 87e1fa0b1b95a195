package io.diffmm.families.diffmm;

import io.diffmm.datasets.InteractionMatrix;
import java.util.Arrays;
import java.util.List;

/// DiffMM's forward pass in float64 and plain Java, dense and by the formulas: the oracle of [GraphNetwork].
///
/// Public fields are the parameters, so that a test can move each of them.
public final class ForwardOracle {

    public final double[][] users;
    public final double[][] items;
    public final double[] logits;
    public final List<double[][]> weights;
    public final List<double[]> biases;
    private final List<double[][]> features;
    private final double[][] interactions;
    private final List<double[][]> generated;
    private final RecommendationForm.Published form;

    /// An oracle over a linear feature map.
    public ForwardOracle(
            double[][] users,
            double[][] items,
            double[] logits,
            List<double[][]> weights,
            List<double[]> biases,
            List<double[][]> features,
            InteractionMatrix interactions,
            List<InteractionMatrix> generated,
            RecommendationForm.Published form) {
        this.users = users;
        this.items = items;
        this.logits = logits;
        this.weights = weights;
        this.biases = biases;
        this.features = features;
        this.interactions = adjacency(interactions);
        this.generated = generated.stream().map(ForwardOracle::adjacency).toList();
        this.form = form;
    }

    /// `H`, users first.
    public double[][] main() {
        double total = 0;
        for (double logit : logits) {
            total += Math.exp(logit);
        }
        double[][] first = new double[users.length + items.length][users[0].length];
        for (int m = 0; m < features.size(); m++) {
            double[][] once = times(interactions, stacked(users, mapped(m)));
            double[][] seen = Arrays.copyOf(once, users.length);
            double[][] twice = times(interactions, stacked(seen, items));
            double[][] graph = times(generated.get(m), stacked(users, items));
            double kappa = Math.exp(logits[m]) / total;
            addScaled(first, once, kappa);
            addScaled(first, twice, kappa);
            addScaled(first, graph, kappa * form.modalityGraph());
        }
        double[][] sum = layers(first);
        addScaled(sum, normalised(first), form.residual());
        return sum;
    }

    /// `Y_m`, users first.
    public double[][] contrastView(int m) {
        return layers(times(generated.get(m), stacked(users, mapped(m))));
    }

    /// Rows scaled to length 1.
    public static double[][] normalised(double[][] rows) {
        double[][] unit = new double[rows.length][rows[0].length];
        for (int r = 0; r < rows.length; r++) {
            double squares = 0;
            for (double value : rows[r]) {
                squares += value * value;
            }
            for (int j = 0; j < rows[r].length; j++) {
                unit[r][j] = rows[r][j] / Math.max(Math.sqrt(squares), 1e-12);
            }
        }
        return unit;
    }

    private double[][] mapped(int m) {
        double[][] rows = times(features.get(m), weights.get(m));
        for (double[] row : rows) {
            for (int j = 0; j < row.length; j++) {
                row[j] += biases.get(m)[j];
            }
        }
        return normalised(rows);
    }

    private double[][] layers(double[][] first) {
        double[][] sum = new double[first.length][first[0].length];
        addScaled(sum, first, 1);
        double[][] layer = first;
        for (int l = 0; l < form.layers(); l++) {
            layer = times(interactions, layer);
            addScaled(sum, layer, 1);
        }
        return sum;
    }

    private static double[][] stacked(double[][] above, double[][] below) {
        double[][] all = Arrays.copyOf(above, above.length + below.length);
        System.arraycopy(below, 0, all, above.length, below.length);
        return all;
    }

    private static double[][] times(double[][] a, double[][] b) {
        double[][] product = new double[a.length][b[0].length];
        for (int r = 0; r < a.length; r++) {
            for (int k = 0; k < b.length; k++) {
                for (int c = 0; c < b[0].length; c++) {
                    product[r][c] += a[r][k] * b[k][c];
                }
            }
        }
        return product;
    }

    private static void addScaled(double[][] total, double[][] rows, double weight) {
        for (int r = 0; r < rows.length; r++) {
            for (int j = 0; j < rows[r].length; j++) {
                total[r][j] += weight * rows[r][j];
            }
        }
    }

    private static double[][] adjacency(InteractionMatrix matrix) {
        int users = matrix.rows();
        int nodes = users + matrix.columns();
        double[][] edges = new double[nodes][nodes];
        double[] degrees = new double[nodes];
        Arrays.fill(degrees, 1);
        for (int user = 0; user < users; user++) {
            for (int item : matrix.row(user)) {
                edges[user][users + item] = 1;
                edges[users + item][user] = 1;
                degrees[user]++;
                degrees[users + item]++;
            }
        }
        for (int a = 0; a < nodes; a++) {
            edges[a][a] = 1;
            for (int b = 0; b < nodes; b++) {
                edges[a][b] /= Math.sqrt(degrees[a] * degrees[b]);
            }
        }
        return edges;
    }
}
