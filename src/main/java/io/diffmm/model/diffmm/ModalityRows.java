package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.engine.VectorMath;
import io.diffmm.model.Recency;
import io.diffmm.model.RoundingBound;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.UserVector;
import io.diffmm.model.denoiser.DenoisedRows;
import io.diffmm.model.denoiser.TemporalWeights;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Wanted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// A modality's denoised rows, `f_1 V + v`, and the items that they tie to a user: the best ones, items of the history
/// among them.
///
/// Where the last of those edges and the item after it are so near that float32's rounding could decide, the user is
/// computed once more alone and on one core, and that decides; so that the edges, and all that follows, do not depend
/// on who else asked.
///
/// Memory: what it holds belongs to the manager given at construction; a call frees what it made.
final class ModalityRows {

    private static final String DENOISED = "denoised-";

    private final String name;
    private final DenoisedRows rows;
    private final ItemSearch outputs; // V, v
    private final double longest;
    private final int count;

    /// The edges of a modality by its published denoiser.
    ModalityRows(NDList arrays, String name, DiffMmSettings settings, ItemSearches searches, NDManager manager) {
        Denoiser denoiser = Denoiser.of(arrays, WeightNames.denoiser(name));
        this.name = name;
        this.rows = new DenoisedRows(denoiser, settings.diffusion(), TemporalWeights.NONE, manager);
        this.outputs = searches.open(DENOISED + name, rows.items(), rows::vectors);
        this.longest = rows.longest();
        this.count = Math.min(settings.edgesPerUser(), rows.items());
    }

    /// The modality's name.
    String name() {
        return name;
    }

    /// Builds the index of its search.
    ///
    /// @param sample histories of some users
    void index(Path weights, List<int[]> sample) throws IOException {
        List<double[]> queries =
                users(sample, Recency.NONE).stream().map(UserVector::vector).toList();
        ItemSearches.index(weights, DENOISED + name, outputs.vectors(), queries);
    }

    /// The edges of each history, B arrays.
    ///
    /// @param users what [#users] gives for them
    List<int[]> edges(List<int[]> histories, List<UserVector> users, Recency recency, StageTimes times) {
        List<Ranking> best = times.measure(Stage.OUTPUT, () -> best(users));
        List<int[]> edges = new ArrayList<>(histories.size());
        for (int row = 0; row < histories.size(); row++) {
            boolean clear = isClear(best.get(row), users.get(row));
            edges.add(firstOf(clear ? best.get(row) : alone(histories.get(row), recency)));
        }
        return edges;
    }

    /// The search over the output layer.
    ItemSearch outputs() {
        return outputs;
    }

    /// The best items as one user on one core has them, which always rounds in the same way.
    private Ranking alone(int[] history, Recency recency) {
        return EngineThreads.with(1, () -> best(users(List.of(history), recency)))
                .getFirst();
    }

    /// One more than there are edges: the item after them tells whether they are clear.
    private List<Ranking> best(List<UserVector> users) {
        List<Wanted> wanted = users.stream()
                .map(user -> new Wanted(new BitSet(), count + 1, user.added()))
                .toList();
        return outputs.best(users.stream().map(UserVector::vector).toList(), wanted);
    }

    private boolean isClear(Ranking best, UserVector user) {
        return RoundingBound.isClear(best, count - 1, count, RoundingBound.of(VectorMath.norm(user.vector()), longest));
    }

    /// In the order of the items, so that two edges that are nearly equal are added up in one order.
    private int[] firstOf(Ranking best) {
        int[] edges = Arrays.copyOf(best.rows(), count);
        Arrays.sort(edges);
        return edges;
    }

    /// The users of histories.
    List<UserVector> users(List<int[]> histories, Recency recency) {
        return rows.of(histories, recency);
    }

    /// Frees what the search holds.
    void close() {
        outputs.close();
        rows.close();
    }
}
