package io.diffmm.recommendation;

import io.diffmm.deployment.Models;
import io.diffmm.deployment.Models.ModelLease;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.recommendation.UserHistories.Known;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import io.diffmm.runtime.OverloadedException;
import io.diffmm.runtime.OverloadedException.DropReason;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Computes answers: asks the runtime for a ranking, then makes the answer of it, and its bytes if it is to
/// be cached.
///
/// Nothing here waits. Histories are collected in the background, the runtime ranks, the executor encodes.
final class AnswerSource {

    private static final BitSet NOTHING = new BitSet();

    private final Models models;
    private final UserHistories histories;
    private final AnswerEncoder encoder;
    private final Executor executor;
    private final Popularity popularity = new Popularity();

    /// A source.
    ///
    /// @param executor makes answers of rankings
    AnswerSource(Models models, UserHistories histories, AnswerEncoder encoder, Executor executor) {
        this.models = models;
        this.histories = histories;
        this.encoder = encoder;
        this.executor = executor;
    }

    /// The answer that is cached under `key`.
    ///
    /// @throws UnknownItemException if it is about an item that the model does not know
    /// @throws IllegalStateException if its version is not loaded any more
    Computation<EncodedAnswer> compute(AnswerKey key) {
        ModelLease lease = models.version(key.version())
                .orElseThrow(() -> new IllegalStateException("version %s is gone".formatted(key.version())));
        return leased(lease, runtime -> switch (key) {
            case AnswerKey.ForUser asked -> forUser(runtime, asked.user().userId(), asked.query());
            case AnswerKey.LikeItem asked -> likeItem(runtime, asked.itemId(), asked.limit());
        });
    }

    /// Holds a version for as long as something is computed with it.
    private static <T> Computation<T> leased(ModelLease lease, Function<ModelRuntime, Computation<T>> begin) {
        try {
            Computation<T> computation = begin.apply(lease.runtime());
            var _ = computation.whenComplete((_, _) -> lease.close());
            return computation;
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
    }

    /// The answer to somebody with this history, oldest item first.
    Computation<SessionRecommendations> compute(List<String> history, RecommendationQuery query) {
        return leased(models.current(), runtime -> forSession(runtime, history, query));
    }

    private Computation<SessionRecommendations> forSession(
            ModelRuntime runtime, List<String> history, RecommendationQuery query) {
        Known session = histories.ofSession(runtime.model(), history);
        return ranked(
                runtime,
                CompletableFuture.completedFuture(session),
                query,
                List.of("session"),
                (answer, known) ->
                        new SessionRecommendations(answer, known.summary().unknownItems()));
    }

    /// A refusal comes before the store is asked for nothing.
    private Computation<EncodedAnswer> forUser(ModelRuntime runtime, String userId, RecommendationQuery query) {
        CompletableFuture<Known> history = runtime.full()
                ? CompletableFuture.failedFuture(new OverloadedException(DropReason.QUEUE_FULL))
                : histories.of(runtime.model(), userId);
        return ranked(
                runtime, history, query, List.of("user", userId), (answer, known) -> encoded(userId, answer, known));
    }

    /// By the model from the history; by popularity if it is empty.
    private <T> Computation<T> ranked(
            ModelRuntime runtime,
            CompletableFuture<Known> history,
            RecommendationQuery query,
            List<String> who,
            BiFunction<Recommendations, Known, T> finish) {
        return Computation.of(
                HistoryRanking.begin(
                        history,
                        known -> ranking(runtime, known, query),
                        (known, ranking) -> explanations(runtime, known, ranking, query)),
                ranked -> finish.apply(answer(runtime.model(), query, who, ranked), ranked.known()),
                executor);
    }

    /// The ranking for a history; none if it is empty.
    private static Optional<CompletableFuture<Ranking>> ranking(
            ModelRuntime runtime, Known known, RecommendationQuery query) {
        if (known.items().length == 0) {
            return Optional.empty();
        }
        BitSet excluded = query.excludeSeen() ? known.seen() : NOTHING;
        return Optional.of(runtime.recommend(known.user(), known.items(), excluded, query.offset() + query.limit()));
    }

    /// What the items of an answer rest on, if somebody asks.
    private static Optional<CompletableFuture<List<Explanation>>> explanations(
            ModelRuntime runtime, Known known, Ranking ranking, RecommendationQuery query) {
        int[] page = Ranker.page(ranking, query.offset(), query.limit());
        return query.explain() && page.length > 0
                ? Optional.of(runtime.explain(known.user(), known.items(), page))
                : Optional.empty();
    }

    private Recommendations answer(
            ServedModel model, RecommendationQuery query, List<String> who, HistoryRanking.Ranked ranked) {
        Stream<String> asked =
                Stream.of(query.toString(), ranked.known().summary().toString());
        Stream<String> history = IntStream.of(ranked.known().items()).mapToObj(Integer::toString);
        List<String> question =
                Stream.of(who.stream(), asked, history).flatMap(part -> part).toList();
        return ranked.ranking()
                .map(ranking -> personalized(model, question, query, ranking, ranked.explanations()))
                .orElseGet(() -> popular(model, question, query));
    }

    private Computation<EncodedAnswer> likeItem(ModelRuntime runtime, String itemId, int limit) {
        ServedModel model = runtime.model();
        int item = model.items().row(itemId).orElseThrow(() -> new UnknownItemException(itemId));
        return Computation.of(
                runtime.similar(item, limit), ranking -> encoded(similar(model, itemId, limit, ranking)), executor);
    }

    private Recommendations popular(ServedModel model, List<String> question, RecommendationQuery query) {
        Ranking ranking = popularity.ranking(model);
        List<RecommendedItem> items = Ranker.items(model.items(), ranking, query.offset(), query.limit());
        ModelIdentity identity = identity(model);
        return new Recommendations.Popular(AnswerIds.of(identity, question, items), identity, items);
    }

    private static Recommendations personalized(
            ServedModel model,
            List<String> question,
            RecommendationQuery query,
            Ranking ranking,
            List<Explanation> explanations) {
        List<RecommendedItem> page = Ranker.items(model.items(), ranking, query.offset(), query.limit());
        List<RecommendedItem> items = Ranker.explained(page, explanations, model.items());
        ModelIdentity identity = identity(model);
        return new Recommendations.Personalized(AnswerIds.of(identity, question, items), identity, items);
    }

    private static SimilarItems similar(ServedModel model, String itemId, int limit, Ranking ranking) {
        List<RecommendedItem> items = Ranker.items(model.items(), ranking, 0, limit);
        ModelIdentity identity = identity(model);
        String id = AnswerIds.of(identity, List.of("item", itemId, Integer.toString(limit)), items);
        return new SimilarItems(id, identity, itemId, items);
    }

    private EncodedAnswer encoded(String userId, Recommendations answer, Known known) {
        byte[] body = encoder.encode(userId, new UserRecommendations(answer, known.summary()));
        return new EncodedAnswer(answer.kind(), body, !known.lasting());
    }

    private EncodedAnswer encoded(SimilarItems answer) {
        return new EncodedAnswer(AnswerKind.SIMILAR, encoder.encode(answer), false);
    }

    private static ModelIdentity identity(ServedModel model) {
        return new ModelIdentity(model.name(), model.version());
    }
}
