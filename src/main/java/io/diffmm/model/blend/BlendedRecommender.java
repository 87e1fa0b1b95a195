package io.diffmm.model.blend;

import ai.djl.ndarray.NDManager;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.linear.ItemItemModel;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.Cores;
import io.diffmm.model.Recommender;
import io.diffmm.model.RoundingBound;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.BlendedUsers.BlendedUser;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemSearches.IndexFiles;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.TopKRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Recommender that ranks by a blend: the weighted sum of the scores of several views.
///
/// The views that are products of vectors are joined to one product, whose greatest values a search finds; the search
/// adds the scores of the linear view, which are sparse. The ranking is exact where the search is.
///
/// Memory: owns its search and, unless created by [#with], the views.
public final class BlendedRecommender implements Recommender {

    /// Name of the linear view in blends.
    public static final String LINEAR = "linear";

    /// Name of the search over the joined vectors.
    private static final String RANKING = "ranking";

    private final ScoringModel views;
    private final Optional<ItemItemModel> links;
    private final Blend blend;
    private final NDManager parent;
    private final NDManager manager;
    private final ItemSearches searches;
    private final BlendedUsers users;
    private final ItemSearch ranking;
    private final boolean ownsViews;

    /// @param views views of the model; closed with the recommender
    /// @param links linear view, if there is one
    /// @param blend parts of the views
    /// @param searches opens the search
    /// @param parent parent of the native arrays
    /// @throws IllegalArgumentException if `blend` names an unknown view
    public BlendedRecommender(
            ScoringModel views, Optional<ItemItemModel> links, Blend blend, ItemSearches searches, NDManager parent) {
        this(views, links, blend, searches, parent, true);
    }

    /// Returns a recommender by the first view alone, with scans in float32, for a model that is still in training.
    ///
    /// @param views views of the model; closed with the recommender
    public static BlendedRecommender ofFirst(ScoringModel views, NDManager parent) {
        Blend blend = Blend.of(views.all().getFirst().name());
        ItemSearches searches = ItemSearches.scans(Precision.FLOAT32, parent);
        return new BlendedRecommender(views, Optional.empty(), blend, searches, parent);
    }

    private BlendedRecommender(
            ScoringModel views,
            Optional<ItemItemModel> links,
            Blend blend,
            ItemSearches searches,
            NDManager parent,
            boolean ownsViews) {
        this.views = views;
        this.links = links;
        this.blend = blend;
        this.searches = searches;
        this.parent = parent;
        this.users = new BlendedUsers(views, links, blend);
        this.manager = parent.newSubManager();
        this.ranking = users.search(searches.in(manager), RANKING);
        this.ownsViews = ownsViews;
    }

    @Override
    public int itemCount() {
        return views.itemCount();
    }

    @Override
    public List<Ranking> recommend(List<RankingQuery> queries, StageTimes times, Cores cores) {
        List<BlendedUser> blended = users.users(histories(queries), times, cores);
        List<Ranking> rankings = times.measure(Stage.RANKING, () -> best(blended, queries));
        List<Ranking> clear = new ArrayList<>(rankings.size());
        boolean wasAlone = queries.size() == 1 && !cores.hasSpread();
        for (int row = 0; row < rankings.size(); row++) {
            RankingQuery query = queries.get(row);
            boolean isClear = wasAlone
                    || RoundingBound.isClear(
                            rankings.get(row),
                            0,
                            query.count(),
                            blended.get(row).roundingBound());
            clear.add((isClear ? rankings.get(row) : alone(query)).first(query.count()));
        }
        return clear;
    }

    private static List<UserHistory> histories(List<RankingQuery> queries) {
        return queries.stream().map(RankingQuery::history).toList();
    }

    /// Ranks for one user on one core, which always rounds in the same way.
    private Ranking alone(RankingQuery query) {
        return EngineThreads.with(1, () -> {
            List<RankingQuery> one = List.of(query);
            return best(users.users(histories(one), new StageTimes(), Cores.one()), one)
                    .getFirst();
        });
    }

    /// Ranks one item more than requested where rounding could decide: it shows whether the last position is clear.
    private List<Ranking> best(List<BlendedUser> blended, List<RankingQuery> queries) {
        List<TopKRequest> requests = new ArrayList<>(queries.size());
        for (int row = 0; row < queries.size(); row++) {
            RankingQuery query = queries.get(row);
            int count = query.count() + (blended.get(row).roundingBound() > 0 ? 1 : 0);
            requests.add(
                    new TopKRequest(query.excluded(), count, blended.get(row).added()));
        }
        return ranking.best(blended.stream().map(BlendedUser::vector).toList(), requests);
    }

    /// Computes the scores of some items for each history, in float64.
    ///
    /// @param items rows of the items to score, for each history
    public List<double[]> scores(List<UserHistory> histories, List<int[]> items) {
        List<BlendedUser> blended = users.users(histories, new StageTimes(), Cores.one());
        List<double[]> scores = new ArrayList<>(blended.size());
        for (int row = 0; row < blended.size(); row++) {
            BlendedUser user = blended.get(row);
            double[] own = new double[items.get(row).length];
            for (int at = 0; at < own.length; at++) {
                own[at] = user.score(ranking.vectors(), items.get(row)[at]);
            }
            scores.add(own);
        }
        return scores;
    }

    @Override
    public List<Explanation> explain(ExplanationQuery query, BatchSizes sizes, StageTimes times) {
        return new Explainer(users, ranking.vectors(), sizes, times).explain(query);
    }

    @Override
    public List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times) {
        return views.similar(queries, times);
    }

    /// Names of all views; without a blend, the first one ranks alone.
    public List<String> views() {
        Stream<String> products = views.all().stream().map(Scorer::name);
        return Stream.concat(products, links.stream().map(_ -> LINEAR)).toList();
    }

    /// Blend of this recommender.
    public Blend blend() {
        return blend;
    }

    /// Returns the same model with another blend, to be closed before this one, which owns the shared arrays.
    ///
    /// @throws IllegalArgumentException if `other` names an unknown view
    public BlendedRecommender with(Blend other) {
        return new BlendedRecommender(views, links, other, searches.withoutIndexes(), parent, false);
    }

    /// Returns the blends of single views, by name, and of all views of one kind, by the kind's name.
    ///
    /// A view that several models of a family have is the sum over these models; each of them alone has the name of
    /// the view and its number, from `#1`.
    public Map<String, Blend> viewBlends() {
        Map<String, Blend> blends = new LinkedHashMap<>();
        grouped(Scorer::base).forEach((base, members) -> {
            blends.put(members.size() == 1 ? members.getFirst() : base, unweighted(members));
            if (members.size() > 1) {
                members.forEach(view -> blends.put(view.equals(base) ? view + "#1" : view, unweighted(List.of(view))));
            }
        });
        grouped(Scorer::kind).forEach((kind, members) -> {
            if (members.stream().map(Scorer::base).distinct().count() > 1) {
                blends.put(kind, unweighted(members));
            }
        });
        return blends;
    }

    private Map<String, List<String>> grouped(UnaryOperator<String> key) {
        return views().stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    private Blend unweighted(List<String> members) {
        Map<String, Blend.Part> parts = new LinkedHashMap<>();
        members.forEach(view -> parts.put(view, new Blend.Part(1, blend.recency(view))));
        return new Blend(parts);
    }

    /// Builds the index of every search that may have one.
    ///
    /// @param files files of the indexes
    /// @param sample histories of some users, as examples of later queries
    void index(IndexFiles files, List<UserHistory> sample) throws IOException {
        views.index(files, sample);
        if (!users.isLinearOnly()) {
            ItemSearches.index(files, RANKING, ranking.vectors(), users.vectors(sample));
        }
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

    /// Sets whether searches scan every item even where there is an index. Scans take long on large catalogues.
    public void setExhaustive(boolean exhaustive) {
        searches().forEach(search -> search.setExhaustive(exhaustive));
    }

    private Stream<ItemSearch> searches() {
        return Stream.concat(views.searches().stream(), Stream.of(ranking));
    }

    @Override
    public void close() {
        ranking.close();
        manager.close();
        if (ownsViews) {
            views.close();
        }
    }
}
