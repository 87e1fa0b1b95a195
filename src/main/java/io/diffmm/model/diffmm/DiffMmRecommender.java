package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.model.Cores;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.SimilarityQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.Tensors;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.retrieval.Wanted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A published DiffMM at work: `history -> T-step reverse diffusion per modality -> H_u -> H_u . H_i`.
///
/// The best items of the denoised rows are the user's edges in each modality's graph; those edges and the history give
/// the user's final embedding, whose product with the items' ranks them. Both are searches for the greatest products.
///
/// Memory: owns the manager that it is given and every array in it; a call frees what it made before it returns.
public final class DiffMmRecommender implements Recommender {

    private static final String RANKING = "ranking";

    /// Never has an index: it is asked seldom, and without a sample of its queries.
    private static final String LIKENESS = "likeness";

    /// Users whose queries an index is built for.
    private static final int SAMPLE = 2048;

    private static final int SAMPLE_BATCH = 32;

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
    /// @param searches opens the searches, over the names of the modalities and [#RANKING]
    DiffMmRecommender(NDManager manager, NDList arrays, DiffMmSettings settings, ItemSearches searches) {
        this.manager = manager;
        List<String> names = PublishedArrays.modalities(arrays);
        this.modalities = names.stream()
                .map(name -> ModalityEdges.of(arrays, name, settings, searches, manager))
                .toList();
        this.propagation = new UserPropagation(ItemStates.of(arrays, names, settings.layers()), settings);
        try (NDManager scope = manager.newSubManager()) {
            NDArray last = Tensors.alias(arrays.get(WeightNames.LAST), scope); // [I, d]
            this.unit = ItemVectors.of(GraphNetwork.normalised(last));
            this.ranking = searches.open(RANKING, unit.size(), () -> ItemVectors.of(last));
            this.likeness = searches.open(LIKENESS, unit.size(), () -> unit);
        }
    }

    @Override
    public int itemCount() {
        return unit.size();
    }

    @Override
    public List<Ranking> recommend(List<RankingQuery> queries, StageTimes times, Cores cores) {
        List<double[]> states = states(queries, times, cores);
        List<Wanted> wanted = queries.stream()
                .map(query -> new Wanted(query.excluded(), query.count()))
                .toList();
        return times.measure(Stage.RANKING, () -> ranking.best(states, wanted)); // H_u . H_i
    }

    /// `H_u` of each query, B vectors `[d]`.
    private List<double[]> states(List<RankingQuery> queries, StageTimes times, Cores cores) {
        List<int[]> histories = histories(queries);
        List<List<int[]>> edges = cores.all(modalities.stream()
                .map(modality -> (Supplier<List<int[]>>) () -> modality.edges(histories, times))
                .toList());
        return times.measure(Stage.PROPAGATION, () -> finalStates(queries, edges));
    }

    private static List<int[]> histories(List<RankingQuery> queries) {
        return queries.stream().map(query -> query.history().items()).toList();
    }

    /// Builds the index of every search that may have one.
    ///
    /// @param weights the file that the indexes are written beside
    /// @param histories of trained users; a sample of them tells what will be asked
    void index(Path weights, InteractionMatrix histories) throws IOException {
        List<RankingQuery> sample = sample(histories);
        for (ModalityEdges modality : modalities) {
            modality.index(weights, batched(sample, batch -> modality.features(histories(batch))));
        }
        List<double[]> states = batched(sample, batch -> states(batch, new StageTimes(), Cores.one()));
        ItemSearches.index(weights, RANKING, ranking.vectors(), states);
    }

    private static List<double[]> batched(
            List<RankingQuery> queries, Function<List<RankingQuery>, List<double[]>> computation) {
        List<double[]> vectors = new ArrayList<>(queries.size());
        for (int from = 0; from < queries.size(); from += SAMPLE_BATCH) {
            vectors.addAll(computation.apply(queries.subList(from, Math.min(from + SAMPLE_BATCH, queries.size()))));
        }
        return vectors;
    }

    private static List<RankingQuery> sample(InteractionMatrix histories) {
        int[] users = IntStream.range(0, histories.rows())
                .filter(user -> histories.rowLength(user) > 0)
                .toArray();
        int step = Math.max(1, users.length / SAMPLE);
        return IntStream.range(0, Math.min(users.length, SAMPLE))
                .map(at -> users[at * step])
                .mapToObj(user -> new UserHistory(OptionalInt.of(user), histories.row(user)))
                .map(history -> new RankingQuery(history, new BitSet(), 1))
                .toList();
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
    public List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times) {
        List<double[]> vectors =
                queries.stream().map(query -> unit.vector(query.item())).toList();
        List<Wanted> wanted = queries.stream()
                .map(query -> new Wanted(only(query.item()), query.count()))
                .toList();
        return times.measure(Stage.SIMILARITY, () -> likeness.best(vectors, wanted));
    }

    private static BitSet only(int item) {
        BitSet items = new BitSet();
        items.set(item);
        return items;
    }

    @Override
    public String precision() {
        return searches()
                .flatMap(search -> Stream.of(search.describe().split(", ")))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    @Override
    public OptionalDouble indexRecall() {
        return searches()
                .map(ItemSearch::latestRecall)
                .flatMapToDouble(OptionalDouble::stream)
                .min();
    }

    /// The searches that a recommendation takes.
    private Stream<ItemSearch> searches() {
        return Stream.concat(modalities.stream().map(ModalityEdges::outputs), Stream.of(ranking));
    }

    @Override
    public void close() {
        modalities.forEach(ModalityEdges::close);
        ranking.close();
        likeness.close();
        manager.close();
    }
}
