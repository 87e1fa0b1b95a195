package io.diffmm.families.denoiser;

import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.PlainDenoiser;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.families.denoiser.DenoiserSettings.Feedback;
import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel.UserVector;
import io.diffmm.model.SingleView;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.TopKRequest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// User rows after T passes of one denoiser, each of which sees the leading items of the pass before it,
/// as products with the item vectors of the output layer.
///
/// With the user's own row r, its sum s and the share a of the feedback:
///
/// ```
/// x_1     = r
/// f_t     = phi(x_t W + tau_1)
/// p_t     = softmax of f_t V + v over its K leading items, without those of the history
/// x_{t+1} = (1 - a) r + a s p_t
/// x_0     = f_T V + v
/// ```
///
/// A row of the softmax over all items would be dense; over K items, a pass costs one search and one
/// sparse sum, and `r W` is computed once. Each pass uses the embedding of step 1, the only one that the
/// denoiser is trained at. Where the history leaves no item, a pass sees r.
///
/// The choice of the K leading items may depend on the last digit of a score, and the next row depends on it.
/// The passes therefore run in float64 and plain Java, user by user, and the searches are exact in
/// float64: a user's rows do not depend on the batch, the number of cores or the machine.
///
/// Memory: the weights belong to the manager passed to the constructor; the search belongs to the caller.
/// Thread-safe.
public final class FeedbackRows implements SingleView.UserEncoder {

    private final HistoryRows rows;
    private final PlainDenoiser denoiser;
    private final ItemSearch outputs;
    private final Feedback feedback;
    private final int passes;

    /// @param settings settings with feedback
    /// @param temporal temporal weights of the interactions of a history
    /// @param outputs result of [#search] for the denoiser
    /// @param manager owner of the arrays computed once
    public FeedbackRows(
            Denoiser denoiser,
            DenoiserSettings settings,
            TemporalWeights temporal,
            ItemSearch outputs,
            NDManager manager) {
        this.rows = HistoryRows.of((int) denoiser.items().getShape().get(0), settings, temporal);
        this.denoiser = new PlainDenoiser(denoiser, 1, manager);
        this.outputs = outputs;
        this.feedback = settings.feedback().orElseThrow();
        this.passes = settings.steps();
    }

    /// Opens the search over the output layer of a denoiser.
    ///
    /// @param name name of the search
    public static ItemSearch search(String name, Denoiser denoiser, ItemSearches searches) {
        int items = (int) denoiser.items().getShape().get(0);
        return searches.open(name, items, owner -> DenoisedRows.vectors(denoiser.output(), 1, owner));
    }

    /// @return B vectors `[F]`
    @Override
    public List<UserVector> encode(List<int[]> histories, Recency recency) {
        List<double[]> own = own(rows.of(histories, recency));
        List<double[]> features = own.stream().map(denoiser::features).toList();
        for (int pass = 1; pass < passes; pass++) {
            features = next(own, leading(features, histories));
        }
        return features.stream().map(UserVector::of).toList();
    }

    /// Computes `r W` of each user.
    private List<double[]> own(SparseRows histories) {
        List<double[]> products = new ArrayList<>(histories.size());
        for (int row = 0; row < histories.size(); row++) {
            float[] values = histories.values().get(row);
            double[] entries = new double[values.length];
            for (int at = 0; at < entries.length; at++) {
                entries[at] = values[at];
            }
            double[] product = denoiser.zeros();
            denoiser.addProduct(product, 1, histories.rows().get(row), entries);
            products.add(product);
        }
        return products;
    }

    private List<Ranking> leading(List<double[]> features, List<int[]> histories) {
        List<TopKRequest> requests = new ArrayList<>(histories.size());
        for (int[] history : histories) {
            BitSet seen = new BitSet(rows.items());
            for (int item : history) {
                seen.set(item);
            }
            requests.add(new TopKRequest(seen, feedback.items()));
        }
        return outputs.best(features, requests);
    }

    /// Computes the features of the next pass.
    ///
    /// @param own `r W` of each user
    private List<double[]> next(List<double[]> own, List<Ranking> leading) {
        List<double[]> features = new ArrayList<>(own.size());
        for (int row = 0; row < own.size(); row++) {
            Ranking items = leading.get(row);
            double[] product = own.get(row);
            features.add(denoiser.features(items.size() == 0 ? product : mixed(product, items)));
        }
        return features;
    }

    /// Returns `(1 - a) r W + a s p W`.
    private double[] mixed(double[] own, Ranking leading) {
        double[] mixed = denoiser.zeros();
        for (int at = 0; at < mixed.length; at++) {
            mixed[at] = (1 - feedback.share()) * own[at];
        }
        denoiser.addProduct(mixed, feedback.share() * rows.sum(), leading.rows(), softmax(leading));
        return mixed;
    }

    private static double[] softmax(Ranking leading) {
        double[] powers = new double[leading.size()];
        double total = 0;
        for (int at = 0; at < powers.length; at++) {
            powers[at] = StrictMath.exp((double) leading.score(at) - leading.score(0));
            total += powers[at];
        }
        for (int at = 0; at < powers.length; at++) {
            powers[at] /= total;
        }
        return powers;
    }

    @Override
    public Stage stage() {
        return Stage.DIFFUSION;
    }

    @Override
    public boolean isRounded() {
        return false;
    }

    @Override
    public void close() {}
}
