package io.diffmm.families.mfbpr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.engine.VectorMath;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.ScoringModel.UserVector;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.SingleView;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.safetensors.Tensors;
import java.util.List;
import java.util.Map;

/// Family with one vector and one bias per item, `score = u . v_i + b_i`; its view has the family's name.
///
/// The user's vector is the least-squares fold-in of the history, also for users of the training data. The user vectors
/// of training are therefore not published.
public final class MfBprFamily implements ModelFamily<MfBprFamily.Settings> {

    /// Name of the array of item vectors, `[I, d]`.
    static final String VECTORS = "item.vectors";

    /// Name of the array of item biases, `[I]`.
    static final String BIASES = "item.biases";

    /// Hyper-parameters of MF-BPR, for training and serving.
    ///
    /// @param embeddingSize d, numbers per user and item
    /// @param foldIn lambda, regularisation of the user vectors in serving
    /// @param optimisation training
    public record Settings(int embeddingSize, double foldIn, Optimisation optimisation) {

        private static final int MAX_SIZE = 1024; // the time of a fold-in is cubic in it

        public Settings {
            SettingRules.within(1, MAX_SIZE, embeddingSize, "embedding-size");
            SettingRules.positive(foldIn, "fold-in");
        }
    }

    /// Section `optimisation` of the settings.
    ///
    /// @param learningRate step size of Adam
    /// @param regularisation weight of the squared parameters of a triple
    /// @param batchSize triples per step
    /// @param epochs maximum number of epochs
    /// @param patience epochs without a better list before training stops
    /// @param interval epochs between two measurements on `valid`
    public record Optimisation(
            double learningRate, double regularisation, int batchSize, int epochs, int patience, int interval) {

        public Optimisation {
            SettingRules.positive(learningRate, "optimisation.learning-rate");
            SettingRules.atLeast(0, regularisation, "optimisation.regularisation");
            SettingRules.atLeast(1, batchSize, "optimisation.batch-size");
            SettingRules.atLeast(1, epochs, "optimisation.epochs");
            SettingRules.atLeast(1, patience, "optimisation.patience");
            SettingRules.atLeast(1, interval, "optimisation.interval");
        }

        /// Returns the same settings with another maximum number of epochs.
        Optimisation withEpochs(int other) {
            return new Optimisation(learningRate, regularisation, batchSize, other, patience, interval);
        }
    }

    @Override
    public String name() {
        return "mf-bpr";
    }

    @Override
    public Settings settings(Map<String, Object> tree) {
        return SettingsMapper.read(tree, Settings.class);
    }

    @Override
    public ScoringModel views(NDList arrays, Settings settings, ItemSearches searches, NDManager manager) {
        long items = Tensors.require(arrays, VECTORS).getShape().get(0);
        NDArray vectors = Tensors.require(arrays, VECTORS, items, settings.embeddingSize());
        NDArray biases = Tensors.require(arrays, BIASES, items);
        arrays.forEach(Tensors::requireFinite);
        ScoringModel view = view(ItemVectors.of(vectors, biases, manager), settings, searches, manager);
        arrays.forEach(NDArray::close); // copied
        return view;
    }

    /// Returns the view of a model.
    ///
    /// @param searches opens the search for similar items
    /// @param manager taken over
    ScoringModel view(ItemVectors items, Settings settings, ItemSearches searches, NDManager manager) {
        return new SingleView(name(), items, new FoldIn(items, settings.foldIn()), searches, manager);
    }

    /// Ridge regression of a user on the vectors of the history's items, in float64:
    /// `u = inv(sum_i w_i v_i v_i^T + lambda E) sum_i w_i v_i`, with the recency weights `w` and the identity `E`.
    ///
    /// Plain Java, without native memory: the result depends on the history alone.
    ///
    /// @param lambda positive
    record FoldIn(ItemVectors items, double lambda) implements SingleView.UserEncoder {

        @Override
        public List<UserVector> encode(List<int[]> histories, Recency recency) {
            return histories.stream()
                    .map(history -> UserVector.of(vector(history, recency.weights(history.length))))
                    .toList();
        }

        private double[] vector(int[] history, double[] weights) {
            double[] sum = new double[items.width()];
            double[][] lower = new double[sum.length][]; // lower triangle of the matrix
            for (int row = 0; row < sum.length; row++) {
                lower[row] = new double[row + 1];
                lower[row][row] = lambda;
            }
            for (int at = 0; at < history.length; at++) {
                double[] vector = items.vector(history[at]);
                VectorMath.addScaled(sum, vector, weights[at]);
                for (int row = 0; row < sum.length; row++) {
                    VectorMath.addScaled(lower[row], vector, weights[at] * vector[row]);
                }
            }
            decompose(lower);
            solve(lower, sum);
            return sum;
        }

        /// Replaces a matrix by its Cholesky factor `L`, `L L^T = A`.
        private void decompose(double[][] lower) {
            for (int row = 0; row < lower.length; row++) {
                for (int column = 0; column < row; column++) {
                    double rest = lower[row][column] - product(lower[row], lower[column], column);
                    lower[row][column] = rest / lower[column][column];
                }
                double rest = lower[row][row] - product(lower[row], lower[row], row);
                lower[row][row] = Math.sqrt(Math.max(rest, lambda)); // less than lambda only by rounding
            }
        }

        private static double product(double[] left, double[] right, int count) {
            double sum = 0;
            for (int at = 0; at < count; at++) {
                sum += left[at] * right[at];
            }
            return sum;
        }

        /// Replaces `x` by the solution of `L L^T y = x`.
        private static void solve(double[][] lower, double[] x) {
            for (int row = 0; row < x.length; row++) {
                x[row] = (x[row] - product(lower[row], x, row)) / lower[row][row];
            }
            for (int row = x.length - 1; row >= 0; row--) {
                for (int below = row + 1; below < x.length; below++) {
                    x[row] -= lower[below][row] * x[below];
                }
                x[row] /= lower[row][row];
            }
        }

        @Override
        public Stage stage() {
            return Stage.PROPAGATION;
        }

        @Override
        public boolean isRounded() {
            return false;
        }

        @Override
        public void close() {}
    }
}
