package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.engine.VectorMath;
import io.diffmm.families.denoiser.DenoisedRows;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.FeedbackRows;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.model.Recency;
import io.diffmm.model.RoundingBound;
import io.diffmm.model.ScoringModel.UserVector;
import io.diffmm.model.SingleView.UserEncoder;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemSearches.IndexFiles;
import io.diffmm.retrieval.TopKRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Denoised rows of a modality, `f_1 V + v`, and the edges generated from them: the best items of a row, items of the
/// history included.
///
/// Where rounding of float32 could decide between the last edge and the item after it, the user is computed again
/// alone and on one core, so that the edges and everything derived from them do not depend on other users of the
/// batch.
///
/// Memory: its arrays belong to the manager passed to the constructor; a call frees its own.
final class ModalityRows {

    private static final String DENOISED = "denoised-";

    private final String name;
    private final UserEncoder rows;
    private final ItemSearch outputs; // V, v
    private final double longest; // of the item vectors; 0 if the rows are not rounded
    private final int count;

    private ModalityRows(String name, UserEncoder rows, ItemSearch outputs, double longest, DiffMmSettings settings) {
        this.name = name;
        this.rows = rows;
        this.outputs = outputs;
        this.longest = longest;
        this.count = Math.min(
                settings.recommendation().edgesPerUser(), outputs.vectors().size());
    }

    /// Opens the rows of a denoiser.
    ///
    /// @param name name of the modality
    /// @param searches opens the search over the output layer
    /// @param manager owner of the arrays computed once
    static ModalityRows open(
            String name, Denoiser denoiser, DiffMmSettings settings, ItemSearches searches, NDManager manager) {
        DenoiserSettings own = settings.diffusion();
        if (own.feedback().isPresent()) {
            ItemSearch outputs = FeedbackRows.search(DENOISED + name, denoiser, searches);
            var rows = new FeedbackRows(denoiser, own, TemporalWeights.NONE, outputs, manager);
            return new ModalityRows(name, rows, outputs, 0, settings);
        }
        var rows = new DenoisedRows(denoiser, own, TemporalWeights.NONE, manager);
        ItemSearch outputs = searches.open(DENOISED + name, rows.items(), rows::vectors);
        return new ModalityRows(name, rows, outputs, rows.longest(), settings);
    }

    /// Name of the modality.
    String name() {
        return name;
    }

    /// Returns whether rounding lets a row depend on the other histories of a batch.
    boolean isRounded() {
        return rows.isRounded();
    }

    /// Builds the index of the search.
    ///
    /// @param sample histories of some users
    void index(IndexFiles files, List<int[]> sample) throws IOException {
        List<double[]> queries =
                users(sample, Recency.NONE).stream().map(UserVector::vector).toList();
        ItemSearches.index(files, DENOISED + name, outputs.vectors(), queries);
    }

    /// Computes the edges of each history, B arrays.
    ///
    /// @param users result of [#users] for the histories
    List<int[]> edges(List<int[]> histories, List<UserVector> users, Recency recency, StageTimes times) {
        List<Ranking> best = times.measure(Stage.OUTPUT, () -> best(users));
        List<int[]> edges = new ArrayList<>(histories.size());
        for (int row = 0; row < histories.size(); row++) {
            boolean clear = isClear(best.get(row), users.get(row));
            edges.add(firstOf(clear ? best.get(row) : alone(histories.get(row), recency)));
        }
        return edges;
    }

    /// Search over the output layer.
    ItemSearch outputs() {
        return outputs;
    }

    /// Ranks for one user on one core, which always rounds in the same way.
    private Ranking alone(int[] history, Recency recency) {
        return EngineThreads.with(1, () -> best(users(List.of(history), recency)))
                .getFirst();
    }

    /// Ranks one item more than there are edges: it shows whether the last edge is clear.
    private List<Ranking> best(List<UserVector> users) {
        List<TopKRequest> requests = users.stream()
                .map(user -> new TopKRequest(new BitSet(), count + 1, user.added()))
                .toList();
        return outputs.best(users.stream().map(UserVector::vector).toList(), requests);
    }

    private boolean isClear(Ranking best, UserVector user) {
        return RoundingBound.isClear(best, count - 1, count, RoundingBound.of(VectorMath.norm(user.vector()), longest));
    }

    /// Returns the edges in the order of the items, so that nearly equal ones are always summed in one order.
    private int[] firstOf(Ranking best) {
        int[] edges = Arrays.copyOf(best.rows(), count);
        Arrays.sort(edges);
        return edges;
    }

    /// Computes the denoised rows of histories.
    List<UserVector> users(List<int[]> histories, Recency recency) {
        return rows.encode(histories, recency);
    }

    /// Frees the arrays of search and diffusion.
    void close() {
        outputs.close();
        rows.close();
    }
}
