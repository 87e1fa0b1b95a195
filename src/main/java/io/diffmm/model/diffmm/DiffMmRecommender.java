package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.EngineArrays;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.Tensors;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A published DiffMM at work: `history -> T-step reverse diffusion per modality -> H_u -> H_u . H_i`.
///
/// The denoised rows give the user's edges in each modality's graph; those edges and the history give the user's final
/// embedding, whose product with the items' ranks them.
///
/// Memory: owns the manager that it is given and every array in it; a call frees what it made before it returns.
public final class DiffMmRecommender implements Recommender {

    private final NDManager manager;
    private final DiffMmSettings settings;
    private final List<HiddenReverseDiffusion> diffusions;
    private final UserPropagation propagation;
    private final NDArray items; // H_i transposed, [d, I]
    private final NDArray unitItems; // the same, every item of length 1
    private final Table unit; // [I, d]

    /// A recommender over published arrays.
    ///
    /// @param manager taken over, with the arrays in it
    /// @param arrays what [DiffMm#servingArrays] gives
    DiffMmRecommender(NDManager manager, NDList arrays, DiffMmSettings settings) {
        this.manager = manager;
        this.settings = settings;
        List<String> modalities = PublishedArrays.modalities(arrays);
        var schedule = settings.diffusion().schedule();
        this.diffusions = modalities.stream()
                .map(name -> Denoiser.of(arrays, WeightNames.denoiser(name)))
                .map(denoiser -> new HiddenReverseDiffusion(manager, denoiser, schedule))
                .toList();
        this.propagation = new UserPropagation(ItemStates.of(arrays, modalities, settings.layers()), settings);
        try (NDManager scope = manager.newSubManager()) {
            NDArray last = Tensors.alias(arrays.get(WeightNames.LAST), scope); // [I, d]
            NDArray lengthOne = GraphNetwork.normalised(last);
            this.items = scope.ret(last.transpose().duplicate());
            this.unitItems = scope.ret(lengthOne.transpose().duplicate());
            this.unit = Table.of(lengthOne);
        }
    }

    @Override
    public int itemCount() {
        return (int) items.getShape().get(1);
    }

    @Override
    public List<Ranking> recommend(List<RankingQuery> queries, StageTimes times) {
        List<UserHistory> histories =
                queries.stream().map(RankingQuery::history).toList();
        try (NDManager scope = manager.newSubManager()) {
            List<List<int[]>> edges = times.measure(Stage.DIFFUSION, () -> edges(histories, scope));
            List<Ranking> rankings = new ArrayList<>(queries.size());
            for (int row = 0; row < queries.size(); row++) {
                RankingQuery query = queries.get(row);
                float[] scores = product(finalState(query.history(), edges, row), items); // H_u . H_i
                rankings.add(TopK.ranking(scores, query.excluded(), query.count()));
            }
            return rankings;
        }
    }

    /// The product of one row with every item, `[I]`. One row at a time: a product of another shape would round
    /// differently, and an answer must not depend on who else asked.
    ///
    /// @param table `[d, I]`
    private float[] product(double[] row, NDArray table) {
        float[] query = new float[row.length];
        for (int j = 0; j < query.length; j++) {
            query[j] = (float) row[j];
        }
        try (NDManager scope = manager.newSubManager()) {
            NDArray one = EngineArrays.dense(scope, query, new Shape(1, query.length)); // [1, d]
            return one.matMul(table).toFloatArray(); // [1, I]
        }
    }

    /// The generated edges, by modality, then by user.
    private List<List<int[]>> edges(List<UserHistory> histories, NDManager scope) {
        SparseRows rows = new SparseRows(
                itemCount(), histories.stream().map(UserHistory::items).toList());
        return diffusions.stream()
                .map(diffusion -> ModalityEdges.of(diffusion, rows, settings.edgesPerUser(), scope))
                .toList();
    }

    /// `H_u` of the user in a row of the batch, `[d]`.
    private double[] finalState(UserHistory history, List<List<int[]>> edges, int row) {
        List<int[]> own = edges.stream().map(modality -> modality.get(row)).toList();
        return propagation.finalState(history.user(), history.items(), own);
    }

    @Override
    public Ranking similar(int item, int count) {
        BitSet itself = new BitSet();
        itself.set(item);
        return TopK.ranking(product(unit.row(item), unitItems), itself, count);
    }

    @Override
    public void close() {
        manager.close();
    }
}
