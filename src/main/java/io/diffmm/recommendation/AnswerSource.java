package io.diffmm.recommendation;

import io.diffmm.ranking.Ranking;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.OverloadedException;
import io.diffmm.runtime.ServedModel;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Computes answers: asks the runtime for a ranking, then makes the answer of it, and its bytes if it is to
/// be cached.
///
/// Nothing here waits. The thread that asks collects the history, the runtime ranks, the executor encodes.
final class AnswerSource {

    private static final BitSet NOTHING = new BitSet();

    private final ModelRuntime runtime;
    private final AnswerEncoder encoder;
    private final Executor executor;
    private final RecommendationListener listener;
    private final Popularity popularity = new Popularity();

    /// A source.
    ///
    /// @param executor makes answers of rankings
    AnswerSource(ModelRuntime runtime, AnswerEncoder encoder, Executor executor, RecommendationListener listener) {
        this.runtime = runtime;
        this.encoder = encoder;
        this.executor = executor;
        this.listener = listener;
    }

    /// The answer that is cached under `key`.
    ///
    /// @throws UnknownItemException if it is about an item that the model does not know
    Computation<EncodedAnswer> compute(AnswerKey key) {
        return switch (key) {
            case AnswerKey.ForUser asked -> forUser(asked.userId(), asked.query());
            case AnswerKey.LikeItem asked -> likeItem(asked.itemId(), asked.limit());
        };
    }

    /// The answer to somebody with this history, oldest item first.
    Computation<SessionRecommendations> compute(List<String> history, RecommendationQuery query) {
        ServedModel model = runtime.model();
        int[] known = timedHistory(() -> knownItems(model, history));
        int unknown = (int) history.stream()
                .filter(item -> model.items().row(item).isEmpty())
                .count();
        List<String> question = Stream.concat(
                        Stream.of("session", query.toString()),
                        IntStream.of(known).mapToObj(Integer::toString))
                .toList();
        return ranked(
                model,
                new Asked(OptionalInt.empty(), known, query),
                question,
                answer -> new SessionRecommendations(answer, unknown));
    }

    private Computation<EncodedAnswer> forUser(String userId, RecommendationQuery query) {
        ServedModel model = runtime.model();
        OptionalInt user = model.users().row(userId);
        int[] history = user.isEmpty()
                ? new int[0]
                : timedHistory(() -> model.histories().row(user.getAsInt()));
        List<String> question = List.of("user", userId, query.toString());
        return ranked(model, new Asked(user, history, query), question, answer -> encoded(userId, answer));
    }

    /// By the model from the history; by popularity if it is empty.
    private <T> Computation<T> ranked(
            ServedModel model, Asked asked, List<String> question, Function<Recommendations, T> finish) {
        if (asked.history().length == 0) {
            return Computation.of(
                    CompletableFuture.completedFuture(asked.query()),
                    query -> finish.apply(popular(model, question, query)),
                    executor);
        }
        return Computation.of(
                begun(() -> request(asked)),
                ranking -> finish.apply(personalized(model, question, asked.query(), ranking)),
                executor);
    }

    private CompletableFuture<Ranking> request(Asked asked) {
        RecommendationQuery query = asked.query();
        BitSet excluded = query.excludeSeen() ? Ranker.rows(asked.history()) : NOTHING;
        return runtime.recommend(asked.user(), asked.history(), excluded, query.offset() + query.limit());
    }

    /// A refusal is a failed ranking like any other.
    private static CompletableFuture<Ranking> begun(Supplier<CompletableFuture<Ranking>> request) {
        try {
            return request.get();
        } catch (OverloadedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Computation<EncodedAnswer> likeItem(String itemId, int limit) {
        ServedModel model = runtime.model();
        int item = model.items().row(itemId).orElseThrow(() -> new UnknownItemException(itemId));
        return Computation.of(
                begun(() -> runtime.similar(item, limit)),
                ranking -> encoded(similar(model, itemId, limit, ranking)),
                executor);
    }

    private Recommendations popular(ServedModel model, List<String> question, RecommendationQuery query) {
        Ranking ranking = popularity.ranking(model);
        List<RecommendedItem> items = Ranker.items(model.items(), ranking, query.offset(), query.limit());
        ModelIdentity identity = identity(model);
        return new Recommendations.Popular(AnswerIds.of(identity, question, items), identity, items);
    }

    private static Recommendations personalized(
            ServedModel model, List<String> question, RecommendationQuery query, Ranking ranking) {
        List<RecommendedItem> items = Ranker.items(model.items(), ranking, query.offset(), query.limit());
        ModelIdentity identity = identity(model);
        return new Recommendations.Personalized(AnswerIds.of(identity, question, items), identity, items);
    }

    private static SimilarItems similar(ServedModel model, String itemId, int limit, Ranking ranking) {
        List<RecommendedItem> items = Ranker.items(model.items(), ranking, 0, limit);
        ModelIdentity identity = identity(model);
        String id = AnswerIds.of(identity, List.of("item", itemId, Integer.toString(limit)), items);
        return new SimilarItems(id, identity, itemId, items);
    }

    private EncodedAnswer encoded(String userId, Recommendations answer) {
        return new EncodedAnswer(answer.kind(), encoder.encode(userId, answer));
    }

    private EncodedAnswer encoded(SimilarItems answer) {
        return new EncodedAnswer(AnswerKind.SIMILAR, encoder.encode(answer));
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

    /// Who asks for what.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Asked(OptionalInt user, int[] history, RecommendationQuery query) {}
}
