package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.diffmm.HistoryNetwork.Batch;
import io.diffmm.families.diffmm.HistoryNetwork.Parameters;
import io.diffmm.families.diffmm.RecommendationForm.History;
import io.diffmm.families.diffmm.RecommendationForm.Loss;
import io.diffmm.families.diffmm.RecommendationForm.Score;
import java.util.ArrayList;
import java.util.List;

/// [HistoryNetwork] in float64 with dense matrices, written from its equations.
final class HistoryOracle {

    /// `E_i`, then `W_m` of each modality; may be changed.
    final List<double[][]> parameters = new ArrayList<>();

    private final History form;
    private final double[][] interactions; // R [U, I]
    private final List<double[][]> generated; // R_m
    private final List<double[][]> features = new ArrayList<>(); // g_m

    HistoryOracle(
            History form,
            InteractionMatrix interactions,
            List<InteractionMatrix> generated,
            List<FeatureMatrix> features,
            Parameters parameters) {
        this.form = form;
        this.interactions = normalised(interactions);
        this.generated = generated.stream().map(HistoryOracle::normalised).toList();
        features.forEach(matrix -> this.features.add(directions(matrix)));
        parameters.all("").forEach(array -> this.parameters.add(doubles(array)));
    }

    /// Loss of a batch. The known negatives are found anew, from the interactions.
    double loss(Batch batch) {
        View main = main();
        double loss = ranking(main, batch);
        for (int m = 0; m < features.size(); m++) {
            View own = view(product(features.get(m), parameters.get(1 + m)));
            loss += form.score() == Score.SUM ? ranking(own, batch) : 0;
            loss += form.contrastWeight()
                    * (agreement(main.users, own.users, batch.users())
                            + agreement(main.items, own.items, batch.positives()));
        }
        return loss;
    }

    /// Score of an item for a user of the interactions.
    double score(int user, int item) {
        double score = main().cosine(user, item);
        for (int m = 0; form.score() == Score.SUM && m < features.size(); m++) {
            score += view(product(features.get(m), parameters.get(1 + m))).cosine(user, item);
        }
        return score;
    }

    /// Vectors of a view.
    private static final class View {

        private final double[][] users; // u [U, d]
        private final double[][] items; // z [I, d]

        View(double[][] users, double[][] items) {
            this.users = users;
            this.items = items;
        }

        double cosine(int user, int item) {
            return HistoryOracle.cosine(users[user], items[item]);
        }
    }

    private View main() {
        double[][] vectors = product(parameters.getFirst(), identity(parameters.getFirst()[0].length));
        for (int m = 0; m < features.size(); m++) {
            add(vectors, product(features.get(m), parameters.get(1 + m)), form.featureShare());
        }
        return view(vectors);
    }

    private View view(double[][] vectors) {
        double[][] items = product(transposed(interactions), product(interactions, vectors));
        add(items, vectors, 1);
        double[][] users = product(interactions, items);
        generated.forEach(graph -> add(users, product(graph, items), form.modalityGraph()));
        return new View(users, items);
    }

    private double ranking(View view, Batch batch) {
        double total = 0;
        for (int row = 0; row < batch.users().length; row++) {
            int user = (int) batch.users()[row];
            double positive = view.cosine(user, (int) batch.positives()[row]) / form.temperature();
            if (form.loss() == Loss.BPR) {
                double negative = view.cosine(user, (int) batch.negatives()[row]) / form.temperature();
                total += Math.log1p(Math.exp(negative - positive));
                continue;
            }
            double others = 0;
            for (long item : batch.negatives()) {
                if (interactions[user][(int) item] == 0) {
                    others += Math.exp(view.cosine(user, (int) item) / form.temperature());
                }
            }
            double catalogue = (double) view.items.length / batch.negatives().length;
            total -= Math.log(Math.exp(positive) / (Math.exp(positive) + catalogue * others));
        }
        return total / batch.users().length;
    }

    private double agreement(double[][] main, double[][] other, long[] rows) {
        double total = 0;
        for (long row : rows) {
            double all = 0;
            for (long column : rows) {
                all += Math.exp(cosine(main[(int) row], other[(int) column]) / form.contrastTemperature());
            }
            total += Math.log(all) - cosine(main[(int) row], other[(int) row]) / form.contrastTemperature();
        }
        return total / rows.length;
    }

    private static double cosine(double[] a, double[] b) {
        double product = 0;
        double left = 0;
        double right = 0;
        for (int at = 0; at < a.length; at++) {
            product += a[at] * b[at];
            left += a[at] * a[at];
            right += b[at] * b[at];
        }
        return product / Math.sqrt(left * right);
    }

    private static double[][] normalised(InteractionMatrix matrix) {
        double[][] rows = new double[matrix.rows()][matrix.columns()];
        int[] counts = matrix.columnCounts();
        for (int user = 0; user < rows.length; user++) {
            for (int item : matrix.row(user)) {
                rows[user][item] = 1 / Math.sqrt((double) matrix.rowLength(user) * counts[item]);
            }
        }
        return rows;
    }

    private static double[][] directions(FeatureMatrix matrix) {
        double[][] rows = new double[matrix.rows()][matrix.columns()];
        for (int column = 0; column < matrix.columns(); column++) {
            double mean = 0;
            for (int row = 0; row < rows.length; row++) {
                rows[row][column] = matrix.values()[row * matrix.columns() + column];
                mean += rows[row][column] / rows.length;
            }
            for (double[] row : rows) {
                row[column] -= mean;
            }
        }
        return ForwardOracle.normalised(rows);
    }

    private static double[][] doubles(NDArray array) {
        float[] values = array.toFloatArray();
        int columns = (int) array.getShape().get(1);
        double[][] rows = new double[values.length / columns][columns];
        for (int at = 0; at < values.length; at++) {
            rows[at / columns][at % columns] = values[at];
        }
        return rows;
    }

    private static double[][] identity(int size) {
        double[][] identity = new double[size][size];
        for (int at = 0; at < size; at++) {
            identity[at][at] = 1;
        }
        return identity;
    }

    private static double[][] transposed(double[][] rows) {
        double[][] columns = new double[rows[0].length][rows.length];
        for (int row = 0; row < rows.length; row++) {
            for (int column = 0; column < rows[row].length; column++) {
                columns[column][row] = rows[row][column];
            }
        }
        return columns;
    }

    private static double[][] product(double[][] a, double[][] b) {
        double[][] product = new double[a.length][b[0].length];
        for (int row = 0; row < a.length; row++) {
            for (int k = 0; k < b.length; k++) {
                for (int column = 0; column < b[0].length; column++) {
                    product[row][column] += a[row][k] * b[k][column];
                }
            }
        }
        return product;
    }

    private static void add(double[][] total, double[][] rows, double weight) {
        for (int row = 0; row < rows.length; row++) {
            for (int column = 0; column < rows[row].length; column++) {
                total[row][column] += weight * rows[row][column];
            }
        }
    }
}
