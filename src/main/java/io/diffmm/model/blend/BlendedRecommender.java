package io.diffmm.model.blend;

import io.diffmm.engine.EngineThreads;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.linear.ItemLinks;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.Cores;
import io.diffmm.model.ExplanationQuery;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.RoundingBound;
import io.diffmm.model.SimilarityQuery;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.View;
import io.diffmm.model.Views;
import io.diffmm.model.linear.ItemLinks;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.Wanted;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The views of a user as one ranking: the weighted sum of their scores.
///
/// Views that are products of vectors are joined to one product, whose greatest values a search finds. What the linear
/// view says of the items that it speaks of, the search adds to their products. So it is exact where the search is.
///
/// Memory: owns its search and, unless it was made by [#with], the views.
public final class BlendedRecommender implements Recommender {

    /// What blends call the linear view.
    public static final String LINEAR = "linear";

    /// The search over the joined vectors.
    private static final String RANKING = "ranking";

    private final Views views;
    private final Optional<ItemLinks> links;
    private final Blend blend;
    private final NDManager parent;
    private final NDManager manager;
    private final ItemSearches searches;
    private final BlendedUsers users;
    private final ItemSearch ranking;
    private final boolean ownsViews;

    /// A blend of a model's views.
    ///
    /// @param views taken over
    /// @param links the linear view, if there is one
    /// @param blend the views' parts
    /// @param searches opens the search
    /// @param parent of the native arrays
    /// @throws IllegalArgumentException if there is no view of a name in `blend`
    public BlendedRecommender(
            Views views, Optional<ItemLinks> links, Blend blend, ItemSearches searches, NDManager parent) {
        this(views, links, blend, searches, parent, true);
    }

    /// The first view alone, searched by scans in float32: a model that is still in training.
    ///
    /// @param views taken over
    public static BlendedRecommender ofFirst(Views views, NDManager parent) {
        Blend blend = Blend.of(views.all().getFirst().name());
        ItemSearches searches = ItemSearches.scans(Precision.FLOAT32, parent);
        return new BlendedRecommender(views, Optional.empty(), blend, searches, parent);
    }

    private BlendedRecommender(
            Views views,
            Optional<ItemLinks> links,
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
        List<BlendedUser> seen = users.see(histories(queries), times, cores);
        List<Ranking> rankings = times.measure(Stage.RANKING, () -> best(seen, queries));
        List<Ranking> clear = new ArrayList<>(rankings.size());
        boolean wasAlone = queries.size() == 1 && !cores.hasSpread();
        for (int row = 0; row < rankings.size(); row++) {
            RankingQuery query = queries.get(row);
            boolean isClear = wasAlone
                    || RoundingBound.isClear(
                            rankings.get(row), 0, query.count(), seen.get(row).roundingBound());
            clear.add((isClear ? rankings.get(row) : alone(query)).first(query.count()));
        }
        return clear;
    }

    private static List<UserHistory> histories(List<RankingQuery> queries) {
        return queries.stream().map(RankingQuery::history).toList();
    }

    /// The ranking of one user on one core, which always rounds in the same way.
    private Ranking alone(RankingQuery query) {
        return EngineThreads.with(1, () -> {
            List<RankingQuery> one = List.of(query);
            return best(users.see(histories(one), new StageTimes(), Cores.one()), one)
                    .getFirst();
        });
    }

    /// Where rounding could decide, one more than is asked for: it tells whether the last place is clear.
    private List<Ranking> best(List<BlendedUser> seen, List<RankingQuery> queries) {
        List<Wanted> wanted = new ArrayList<>(queries.size());
        for (int row = 0; row < queries.size(); row++) {
            RankingQuery query = queries.get(row);
            int count = query.count() + (seen.get(row).roundingBound() > 0 ? 1 : 0);
            wanted.add(new Wanted(query.excluded(), count, seen.get(row).added()));
        }
        return ranking.best(seen.stream().map(BlendedUser::vector).toList(), wanted);
    }

    /// The scores of some items for each history, in float64.
    ///
    /// @param items rows of the items to score, for each history
    public List<double[]> scores(List<UserHistory> histories, List<int[]> items) {
        List<BlendedUser> seen = users.see(histories, new StageTimes(), Cores.one());
        List<double[]> scores = new ArrayList<>(seen.size());
        for (int row = 0; row < seen.size(); row++) {
            BlendedUser user = seen.get(row);
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

    /// The views that it could blend, the one that ranks unless a blend says otherwise first.
    public List<String> views() {
        Stream<String> products = views.all().stream().map(View::name);
        return Stream.concat(products, links.stream().map(_ -> LINEAR)).toList();
    }

    /// How it blends them.
    public Blend blend() {
        return blend;
    }

    /// The same model blended in another way.
    ///
    /// @return to be closed before this one is; this one frees what both share
    /// @throws IllegalArgumentException if there is no view of a name in `other`
    public BlendedRecommender with(Blend other) {
        return new BlendedRecommender(views, links, other, searches.withoutIndexes(), parent, false);
    }

    /// Builds the index of every search that may have one.
    ///
    /// @param weights the file that the indexes are written beside
    /// @param sample histories of some users; they tell what will be asked
    void index(Path weights, List<UserHistory> sample) throws IOException {
        views.index(weights, sample);
        if (!users.isLinearOnly()) {
            ItemSearches.index(weights, RANKING, ranking.vectors(), users.vectors(sample));
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

    /// Whether every item is looked at from now on, indexes or not. Takes long where there are indexes.
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
