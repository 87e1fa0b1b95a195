package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncCache;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ServedModel;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Answers what to recommend: from a history by the model, without one by popularity.
public final class RecommendationService {

    private static final BitSet NOTHING = new BitSet();

    private final ModelRuntime runtime;
    private final AnswerCache cache;
    private final Inference inference;
    private final RecommendationListener listener;
    private final Popularity popularity = new Popularity();

    RecommendationService(
            ModelRuntime runtime,
            AsyncCache<AnswerKey, List<RecommendedItem>> cache,
            Duration timeout,
            RecommendationListener listener) {
        this.runtime = runtime;
        this.cache = new AnswerCache(cache);
        this.inference = new Inference(timeout);
        this.listener = listener;
    }

    /// Items for a user; a user without history gets the popular ones.
    ///
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public Recommendations recommend(String userId, RecommendationQuery query) {
        ServedModel model = runtime.model();
        OptionalInt user = model.users().row(userId);
        List<String> question = List.of("user", userId, query.toString());
        if (user.isEmpty() || model.histories().rowLength(user.getAsInt()) == 0) {
            return popular(model, question, query);
        }
        List<RecommendedItem> items =
                cache.get(new AnswerKey.ForUser(model.version(), userId, query), () -> forUser(model, user, query));
        return personalized(model, question, items);
    }

    /// Items for somebody with this history, oldest item first. Nothing is kept.
    ///
    /// Items that the model does not know are left out, as is every repetition of an item.
    ///
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public SessionRecommendations recommend(List<String> history, RecommendationQuery query) {
        ServedModel model = runtime.model();
        int[] known = timedHistory(() -> knownItems(model, history));
        int unknown = (int) history.stream()
                .filter(item -> model.items().row(item).isEmpty())
                .count();
        List<String> question = Stream.concat(
                        Stream.of("session", query.toString()),
                        IntStream.of(known).mapToObj(Integer::toString))
                .toList();
        if (known.length == 0) {
            return new SessionRecommendations(popular(model, question, query), unknown);
        }
        List<RecommendedItem> items = fromHistory(model, OptionalInt.empty(), known, query);
        return new SessionRecommendations(personalized(model, question, items), unknown);
    }

    /// The items most like one item.
    ///
    /// @throws UnknownItemException if the model does not know the item
    /// @throws RecommendationsUnavailableException if the answer cannot be computed in time
    public SimilarItems similar(String itemId, int limit) {
        ServedModel model = runtime.model();
        int item = model.items().row(itemId).orElseThrow(() -> new UnknownItemException(itemId));
        List<RecommendedItem> items =
                cache.get(new AnswerKey.LikeItem(model.version(), item, limit), () -> likeItem(model, item, limit));
        ModelIdentity identity = identity(model);
        String id = AnswerIds.of(identity, List.of("item", itemId, Integer.toString(limit)), items);
        return new SimilarItems(id, identity, itemId, items);
    }

    /// What is loaded.
    public ModelDescription model() {
        ServedModel model = runtime.model();
        return new ModelDescription(
                model.name(),
                model.version(),
                model.family(),
                model.created(),
                model.device(),
                model.users().size(),
                model.items().size(),
                model.histories().size(),
                model.settings(),
                model.metrics());
    }

    private List<RecommendedItem> forUser(ServedModel model, OptionalInt user, RecommendationQuery query) {
        int[] history = timedHistory(() -> model.histories().row(user.orElseThrow()));
        return fromHistory(model, user, history, query);
    }

    private List<RecommendedItem> fromHistory(
            ServedModel model, OptionalInt user, int[] history, RecommendationQuery query) {
        BitSet excluded = query.excludeSeen() ? Ranker.rows(history) : NOTHING;
        int count = query.offset() + query.limit();
        Ranking ranking = inference.ranking(() -> runtime.recommend(user, history, excluded, count));
        return Ranker.items(model.items(), ranking, query.offset());
    }

    private List<RecommendedItem> likeItem(ServedModel model, int item, int limit) {
        return Ranker.items(model.items(), inference.ranking(() -> runtime.similar(item, limit)), 0);
    }

    private List<RecommendedItem> popularItems(ServedModel model, RecommendationQuery query) {
        Ranking ranking = TopK.ranking(popularity.scores(model), NOTHING, query.offset() + query.limit());
        return Ranker.items(model.items(), ranking, query.offset());
    }

    private Recommendations popular(ServedModel model, List<String> question, RecommendationQuery query) {
        List<RecommendedItem> items = cache.get(
                new AnswerKey.MostPopular(model.version(), query.limit(), query.offset()),
                () -> popularItems(model, query));
        ModelIdentity identity = identity(model);
        return answered(new Recommendations.Popular(AnswerIds.of(identity, question, items), identity, items));
    }

    private Recommendations personalized(ServedModel model, List<String> question, List<RecommendedItem> items) {
        ModelIdentity identity = identity(model);
        return answered(new Recommendations.Personalized(AnswerIds.of(identity, question, items), identity, items));
    }

    private Recommendations answered(Recommendations answer) {
        listener.answered(answer);
        return answer;
    }

    private int[] timedHistory(Supplier<int[]> work) {
        long start = System.nanoTime();
        int[] history = work.get();
        listener.historyTook(Duration.ofNanos(System.nanoTime() - start));
        return history;
    }

    private static int[] knownItems(ServedModel model, List<String> history) {
        return history.stream()
                .map(model.items()::row)
                .flatMapToInt(OptionalInt::stream)
                .distinct()
                .toArray();
    }

    private static ModelIdentity identity(ServedModel model) {
        return new ModelIdentity(model.name(), model.version());
    }
}
