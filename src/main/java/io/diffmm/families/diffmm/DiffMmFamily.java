package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.model.Cores;
import io.diffmm.model.ItemSimilarity;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.Recency;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemSearches.IndexFiles;
import io.diffmm.retrieval.ItemVectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// DiffMM for serving.
public final class DiffMmFamily implements ModelFamily<DiffMmSettings> {

    /// Name of the family.
    public static final String NAME = "diffmm";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public DiffMmSettings settings(Map<String, Object> tree) {
        return DiffMmSettings.of(tree);
    }

    @Override
    public ScoringModel views(NDList arrays, DiffMmSettings settings, ItemSearches searches, NDManager manager) {
        PublishedArrays.check(arrays, settings);
        var views = new DiffMmViews(manager, arrays, settings, searches);
        arrays.forEach(NDArray::close); // copied, or kept alive by the programs that need them
        return views;
    }

    /// Computation of a user's vector in the view of the embeddings.
    @FunctionalInterface
    interface UserState {

        /// Computes the vector, `[F]`.
        ///
        /// @param recency weights of the items of the history
        /// @param edges generated edges of the user by modality; none if the generated graphs have no
        ///     weight
        double[] of(UserHistory user, Recency recency, List<int[]> edges);
    }

    /// Views of a published DiffMM: the product of the embeddings, `H_u . H_i`, or their cosine, the
    /// cosine at the end of the bridge, and the denoised row of each modality.
    ///
    /// `history -> T-step reverse diffusion per modality -> H_u`: the best items of the denoised rows are the
    /// user's edges in each modality's graph; those edges and the history determine the user's final embedding.
    /// Without weight of the generated graphs the history alone determines it.
    ///
    /// Memory: owns the manager passed to the constructor and every array in it; a call frees its own
    /// arrays before it returns.
    static final class DiffMmViews implements ScoringModel {

        /// View of the embeddings. It has no shares by modality: user and item are both sums over the
        /// modalities (the user's residual divided by the norm of that sum), so that the product consists of
        /// pairs of modalities, mixed by the layers.
        public static final String EMBEDDINGS = "embeddings";

        /// View of the bridge: the cosine of the item at the end of the user's bridge.
        public static final String BRIDGE = "bridge";

        /// Prefix of the views of denoised rows.
        public static final String DENOISED = "denoised.";

        private final NDManager manager;
        private final List<ModalityRows> modalities;
        private final List<ModalityRows> edgeSources; // the modalities, or none
        private final UserState embedding;
        private final Optional<UserState> bridge;
        private final List<Scorer> views;
        private final ItemVectors items; // H_i, or unit vectors
        private final ItemSimilarity similarity;

        /// @param manager owner of the arrays; closed with the views
        /// @param arrays result of [DiffMm#servingArrays]
        /// @param searches opens the searches over the denoised rows
        DiffMmViews(NDManager manager, NDList arrays, DiffMmSettings settings, ItemSearches searches) {
            this.manager = manager;
            List<String> names = PublishedArrays.modalities(arrays);
            this.modalities = names.stream()
                    .map(name -> ModalityRows.open(
                            name, Denoiser.of(arrays, PublishedArrays.denoiser(name)), settings, searches, manager))
                    .toList();
            this.edgeSources = settings.recommendation().usesGraphs() ? modalities : List.of();
            switch (settings.recommendation()) {
                case RecommendationForm.Published form -> {
                    this.items = ItemVectors.of(arrays.get(PublishedArrays.LAST), manager); // [I, d]
                    this.embedding = UserPropagation.of(arrays, names, form)::finalState;
                    this.bridge = Optional.empty();
                }
                case RecommendationForm.History form -> {
                    this.items = ItemVectors.of(arrays.get(PublishedArrays.VECTORS), manager); // [I, V d]
                    HistorySum sums = HistorySum.of(arrays, items, names, form);
                    this.embedding = sums::unit;
                    this.bridge = form.bridge().map(_ -> bridge(ReverseBridge.of(arrays), sums));
                }
            }
            this.views = views();
            this.similarity = new ItemSimilarity(items, searches);
        }

        /// Returns the end of the bridge that begins at the sum over the history, without generated edges.
        private static UserState bridge(ReverseBridge diffusion, HistorySum sums) {
            return (user, recency, _) -> diffusion.clean(sums.unit(user, recency, List.of()));
        }

        private List<Scorer> views() {
            Stream<String> products = bridge.isPresent() ? Stream.of(EMBEDDINGS, BRIDGE) : Stream.of(EMBEDDINGS);
            Stream<Scorer> rows = modalities.stream()
                    .map(modality ->
                            new Scorer(DENOISED + modality.name(), modality.outputs()::vectors, modality.isRounded()));
            return Stream.concat(products.map(name -> new Scorer(name, () -> items, false)), rows)
                    .toList();
        }

        @Override
        public int itemCount() {
            return items.size();
        }

        @Override
        public List<Scorer> all() {
            return views;
        }

        @Override
        public List<List<UserVector>> vectors(
                List<UserHistory> histories, SequencedMap<String, Recency> recencies, StageTimes times, Cores cores) {
            List<UserRows> rows = rows(histories, recencies, times, cores);
            List<List<UserVector>> vectors = new ArrayList<>(histories.size());
            histories.forEach(_ -> vectors.add(new ArrayList<>(recencies.size())));
            recencies.forEach((view, recency) -> {
                List<UserVector> own = users(view, histories, recency, rows, times);
                for (int at = 0; at < own.size(); at++) {
                    vectors.get(at).add(own.get(at));
                }
            });
            return vectors;
        }

        private List<UserVector> users(
                String view, List<UserHistory> histories, Recency recency, List<UserRows> rows, StageTimes times) {
            if (view.equals(EMBEDDINGS)) {
                return states(histories, recency, rows, times);
            }
            if (isBridge(view)) {
                List<List<int[]>> none = List.of();
                return times.measure(Stage.DIFFUSION, () -> states(bridge.orElseThrow(), histories, recency, none));
            }
            return find(rows, row(view), recency).users();
        }

        private boolean isBridge(String view) {
            return bridge.isPresent() && view.equals(BRIDGE);
        }

        /// Rows of a modality under one recency weighting.
        ///
        /// @param users denoised rows, B of them
        /// @param edges generated edges, B arrays; none unless the embeddings are requested
        private record UserRows(ModalityRows modality, Recency recency, List<UserVector> users, List<int[]> edges) {}

        /// Computes every row that the requested views depend on, once.
        private List<UserRows> rows(
                List<UserHistory> histories, SequencedMap<String, Recency> recencies, StageTimes times, Cores cores) {
            List<int[]> items = items(histories);
            Optional<Recency> ofEdges =
                    Optional.ofNullable(recencies.get(EMBEDDINGS)).filter(_ -> !edgeSources.isEmpty());
            List<Supplier<UserRows>> parts = new ArrayList<>();
            ofEdges.ifPresent(recency ->
                    edgeSources.forEach(modality -> parts.add(() -> rows(modality, recency, items, true, times))));
            recencies.forEach((view, recency) -> {
                if (!view.equals(EMBEDDINGS) && !isBridge(view) && !ofEdges.equals(Optional.of(recency))) {
                    ModalityRows modality = row(view);
                    parts.add(() -> rows(modality, recency, items, false, times));
                }
            });
            return cores.all(parts);
        }

        private static UserRows rows(
                ModalityRows modality, Recency recency, List<int[]> items, boolean withEdges, StageTimes times) {
            List<UserVector> users = times.measure(Stage.DIFFUSION, () -> modality.users(items, recency));
            List<int[]> edges = withEdges ? modality.edges(items, users, recency, times) : List.of();
            return new UserRows(modality, recency, users, edges);
        }

        private static UserRows find(List<UserRows> rows, ModalityRows modality, Recency recency) {
            return rows.stream()
                    .filter(found ->
                            found.modality() == modality && found.recency().equals(recency))
                    .findFirst()
                    .orElseThrow();
        }

        private ModalityRows row(String view) {
            return modalities.stream()
                    .filter(modality -> view.equals(DENOISED + modality.name()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no view '%s'".formatted(view)));
        }

        /// Computes `H_u` of each history, B vectors `[d]`.
        private List<UserVector> states(
                List<UserHistory> histories, Recency recency, List<UserRows> rows, StageTimes times) {
            List<List<int[]>> edges = edgeSources.stream()
                    .map(modality -> find(rows, modality, recency).edges())
                    .toList();
            return times.measure(Stage.PROPAGATION, () -> states(embedding, histories, recency, edges));
        }

        private static List<int[]> items(List<UserHistory> histories) {
            return histories.stream().map(UserHistory::items).toList();
        }

        /// Computes a vector of each history, B vectors `[d]`.
        ///
        /// @param edges generated edges, by modality, then by history
        private static List<UserVector> states(
                UserState state, List<UserHistory> histories, Recency recency, List<List<int[]>> edges) {
            List<UserVector> states = new ArrayList<>(histories.size());
            for (int row = 0; row < histories.size(); row++) {
                int at = row;
                List<int[]> own =
                        edges.stream().map(modality -> modality.get(at)).toList();
                states.add(UserVector.of(state.of(histories.get(row), recency, own)));
            }
            return states;
        }

        @Override
        public List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times) {
            return similarity.best(queries, times);
        }

        @Override
        public List<ItemSearch> searches() {
            return modalities.stream().map(ModalityRows::outputs).toList();
        }

        @Override
        public void index(IndexFiles files, List<UserHistory> sample) throws IOException {
            for (ModalityRows modality : modalities) {
                modality.index(files, items(sample));
            }
        }

        @Override
        public void close() {
            modalities.forEach(ModalityRows::close);
            similarity.close();
            manager.close();
        }
    }
}
