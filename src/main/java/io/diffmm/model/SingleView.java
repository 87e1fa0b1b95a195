package io.diffmm.model;

import ai.djl.ndarray.NDManager;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemSearches.IndexFiles;
import io.diffmm.retrieval.ItemVectors;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// Model of a family with one view: a matrix of item vectors, and user vectors computed from histories.
///
/// Memory: owns the manager passed to the constructor and every array in it; a call frees its own arrays before it
/// returns.
public final class SingleView implements ScoringModel {

    private final NDManager manager;
    private final UserEncoder users;
    private final Scorer view;
    private final Optional<ItemSearch> search; // of the user vectors
    private final ItemSimilarity similarity;

    /// Computation of user vectors from histories.
    public interface UserEncoder extends AutoCloseable {

        /// Computes user vectors.
        ///
        /// @param histories B histories, oldest item first, not empty
        /// @param recency weights of the items of a history
        /// @return B vectors
        List<UserVector> encode(List<int[]> histories, Recency recency);

        /// Stage that the duration of [#encode] counts towards.
        Stage stage();

        /// Returns whether rounding lets a vector depend on the other histories of a batch: true for sums of
        /// float32 on the engine, false for plain Java in float64, user by user.
        boolean isRounded();

        /// Frees arrays computed once.
        @Override
        void close();
    }

    /// @param name name of the view
    /// @param items vectors and biases of the items
    /// @param users computation of the user vectors; closed with the model
    /// @param searches opens the search for similar items
    /// @param manager owner of the arrays; closed with the model
    public SingleView(String name, ItemVectors items, UserEncoder users, ItemSearches searches, NDManager manager) {
        this(name, items, users, Optional.empty(), searches, manager);
    }

    /// Model whose user vectors are computed with a search over its items.
    ///
    /// @param search opened by the name of the view, over its items; closed with the model
    public SingleView(String name, UserEncoder users, ItemSearch search, ItemSearches searches, NDManager manager) {
        this(name, search.vectors(), users, Optional.of(search), searches, manager);
    }

    private SingleView(
            String name,
            ItemVectors items,
            UserEncoder users,
            Optional<ItemSearch> search,
            ItemSearches searches,
            NDManager manager) {
        this.manager = manager;
        this.users = users;
        this.view = new Scorer(name, () -> items, users.isRounded());
        this.search = search;
        this.similarity = new ItemSimilarity(items, searches);
    }

    @Override
    public int itemCount() {
        return view.items().get().size();
    }

    @Override
    public List<Scorer> all() {
        return List.of(view);
    }

    @Override
    public List<List<UserVector>> vectors(
            List<UserHistory> histories, SequencedMap<String, Recency> recencies, StageTimes times, Cores cores) {
        if (recencies.isEmpty()) {
            return histories.stream().map(_ -> List.<UserVector>of()).toList();
        }
        List<int[]> items = histories.stream().map(UserHistory::items).toList();
        Recency recency = recencies.firstEntry().getValue();
        Supplier<List<UserVector>> encoding = () -> times.measure(users.stage(), () -> users.encode(items, recency));
        return cores.all(List.of(encoding)).getFirst().stream().map(List::of).toList();
    }

    @Override
    public List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times) {
        return similarity.best(queries, times);
    }

    @Override
    public List<ItemSearch> searches() {
        return search.stream().toList();
    }

    @Override
    public void index(IndexFiles files, List<UserHistory> sample) throws IOException {
        if (search.isPresent()) {
            List<int[]> histories = sample.stream().map(UserHistory::items).toList();
            List<double[]> queries = users.encode(histories, Recency.NONE).stream()
                    .map(UserVector::vector)
                    .toList();
            ItemSearches.index(files, view.name(), search.get().vectors(), queries);
        }
    }

    @Override
    public void close() {
        similarity.close();
        users.close();
        search.ifPresent(ItemSearch::close);
        manager.close();
    }
}
