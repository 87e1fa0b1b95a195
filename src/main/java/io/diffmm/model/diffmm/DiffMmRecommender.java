package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.Tensors;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ExactSearch;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.Wanted;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// A published DiffMM at work: `history -> T-step reverse diffusion per modality -> H_u -> H_u . H_i`.
///
/// The best items of the denoised rows are the user's edges in each modality's graph; those edges and the history give
/// the user's final embedding, whose product with the items' ranks them. Both are searches for the greatest products.
///
/// Memory: owns the manager that it is given and every array in it; a call frees what it made before it returns.
public final class DiffMmRecommender implements Recommender {

    private final NDManager manager;
    private final List<ModalityEdges> modalities;
    private final UserPropagation propagation;
    private final ItemSearch ranking; // H_i
    private final ItemSearch likeness; // the same, every item of length 1
    private final ItemVectors unit;

    /// A recommender over published arrays.
    ///
    /// @param manager taken over, with the arrays in it
    /// @param arrays what [DiffMm#servingArrays] gives
    /// @param precision of the searches; empty for whatever is fastest
    DiffMmRecommender(NDManager manager, NDList arrays, DiffMmSettings settings, Optional<Precision> precision) {
        this.manager = manager;
        List<String> names = PublishedArrays.modalities(arrays);
        this.modalities = names.stream()
                .map(name -> ModalityEdges.of(arrays, name, settings, precision, manager))
                .toList();
        this.propagation = new UserPropagation(ItemStates.of(arrays, names, settings.layers()), settings);
        try (NDManager scope = manager.newSubManager()) {
            NDArray last = Tensors.alias(arrays.get(WeightNames.LAST), scope); // [I, d]
            this.unit = ItemVectors.of(GraphNetwork.normalised(last));
            this.ranking = new ExactSearch(ItemVectors.of(last), precision, manager);
            this.likeness = new ExactSearch(unit, precision, manager);
        }
    }

    @Override
    public int itemCount() {
        return unit.size();
    }

    @Override
    public List<Ranking> recommend(List<RankingQuery> queries, StageTimes times) {
        List<int[]> histories =
                queries.stream().map(query -> query.history().items()).toList();
        List<List<int[]>> edges = modalities.stream()
                .map(modality -> modality.edges(histories, times))
                .toList();
        List<double[]> states = times.measure(Stage.PROPAGATION, () -> finalStates(queries, edges));
        List<Wanted> wanted = queries.stream()
                .map(query -> new Wanted(query.excluded(), query.count()))
                .toList();
        return times.measure(Stage.RANKING, () -> ranking.best(states, wanted)); // H_u . H_i
    }

    /// `H_u` of each query, B vectors `[d]`.
    ///
    /// @param edges the generated edges, by modality, then by query
    private List<double[]> finalStates(List<RankingQuery> queries, List<List<int[]>> edges) {
        List<double[]> states = new ArrayList<>(queries.size());
        for (int row = 0; row < queries.size(); row++) {
            int at = row;
            List<int[]> own = edges.stream().map(modality -> modality.get(at)).toList();
            var history = queries.get(row).history();
            states.add(propagation.finalState(history.user(), history.items(), own));
        }
        return states;
    }

    @Override
    public Ranking similar(int item, int count) {
        BitSet itself = new BitSet();
        itself.set(item);
        return likeness.best(List.of(unit.vector(item)), List.of(new Wanted(itself, count)))
                .getFirst();
    }

    @Override
    public String precision() {
        return modalities.getFirst().precision();
    }

    @Override
    public void close() {
        manager.close();
    }
}
