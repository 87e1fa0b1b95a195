package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK;
import io.diffmm.recommendation.CacheInvalidator.AnswerKey;
import io.diffmm.recommendation.EncodedAnswer.AnswerEncoder;
import io.diffmm.recommendation.RecommendationQuery.Explain;
import io.diffmm.recommendation.RecommendationService.UnknownItemException;
import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.Recommendations.ItemExplanation;
import io.diffmm.recommendation.Recommendations.RecommendedItem;
import io.diffmm.recommendation.Recommendations.SimilarItems;
import io.diffmm.recommendation.RecommendationsUnavailableException.UnavailableReason;
import io.diffmm.recommendation.UserHistories.ResolvedHistory;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import io.diffmm.runtime.OverloadedException;
import io.diffmm.runtime.Tasks;
import io.micrometer.context.ContextSnapshotFactory;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Computes answers on the calling thread, step by step: history, ranking, explanations, page, encoding.
///
/// The calling thread waits for the history and for the runtime, so it should be a virtual thread. Interrupting it
/// cancels the request to the runtime. A result that the runtime has completed by then is still used.
final class RecommendationPipeline {

    private static final ContextSnapshotFactory CONTEXT =
            ContextSnapshotFactory.builder().build();

    /// Starts a virtual thread for each task. The thread belongs to the trace of the thread that started it.
    static final Executor ANSWERING =
            task -> Thread.ofVirtual().name("answer").start(CONTEXT.captureAll().wrap(task));

    private static final BitSet NO_ITEMS = new BitSet();

    /// Maximum number of popular items that a query can reach.
    private static final int MAX_POPULAR = RecommendationQuery.MAX_OFFSET + RecommendationQuery.MAX_LIMIT;

    /// Maximum number of versions whose popular items are cached: those served, and those that have just been replaced.
    private static final int MAX_VERSIONS = 4;

    private final UserHistories histories;
    private final AnswerEncoder encoder;
    private final Duration timeout;
    private final Cache<String, Ranking> popular =
            Caffeine.newBuilder().maximumSize(MAX_VERSIONS).build();

    /// @param timeout maximum time that a session waits for the runtime; answers to users and items have no limit here,
    ///     since each waiting request has its own
    RecommendationPipeline(UserHistories histories, AnswerEncoder encoder, Duration timeout) {
        this.histories = histories;
        this.encoder = encoder;
        this.timeout = timeout;
    }

    /// Refuses an answer before its computation starts. Does not block.
    ///
    /// @throws UnknownItemException if the model does not contain the item
    /// @throws RecommendationsUnavailableException if the queue of the runtime is full
    static void admit(ModelRuntime runtime, AnswerKey key) {
        if (key instanceof AnswerKey.ItemKey asked) {
            row(runtime.model(), asked.itemId());
        }
        if (runtime.full()) {
            throw new RecommendationsUnavailableException(UnavailableReason.QUEUE_FULL);
        }
    }

    /// Computes and encodes the answer to be cached under `key`.
    ///
    /// @throws InterruptedException if the thread is interrupted before the runtime has answered
    /// @throws RecommendationsUnavailableException if the runtime refuses or drops the request
    EncodedAnswer answer(ModelRuntime runtime, AnswerKey key) throws InterruptedException {
        return switch (key) {
            case AnswerKey.UserKey asked -> forUser(runtime, asked);
            case AnswerKey.ItemKey asked -> likeItem(runtime, asked);
        };
    }

    private EncodedAnswer forUser(ModelRuntime runtime, AnswerKey.UserKey asked) throws InterruptedException {
        String userId = asked.history().userId();
        ResolvedHistory history = histories.ofUser(runtime.model(), userId);
        Recommendations answer =
                recommend(runtime, history, asked.query(), List.of("user", userId), OptionalLong.empty());
        return new EncodedAnswer(answer.kind(), encoder.encode(userId, answer), !history.lasting());
    }

    /// Computes the answer to an anonymous session.
    ///
    /// @param itemIds history of the session, oldest item first
    /// @throws InterruptedException if the thread is interrupted before the runtime has answered
    /// @throws RecommendationsUnavailableException if the runtime refuses, drops the request or takes too long
    Recommendations forSession(ModelRuntime runtime, List<String> itemIds, RecommendationQuery query)
            throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        ResolvedHistory history = histories.ofSession(runtime.model(), itemIds);
        return recommend(runtime, history, query, List.of("session"), OptionalLong.of(deadline));
    }

    /// Ranks by the model, or by popularity if the history is empty.
    ///
    /// @param asker parts of the answer's id that identify the user or the session
    /// @param deadline end of waiting, by [System#nanoTime]; empty for no limit
    private Recommendations recommend(
            ModelRuntime runtime,
            ResolvedHistory history,
            RecommendationQuery query,
            List<String> asker,
            OptionalLong deadline)
            throws InterruptedException {
        ServedModel model = runtime.model();
        boolean popular = history.items().length == 0;
        Ranking ranking = popular ? byPopularity(model) : await(ranking(runtime, history, query), deadline);
        List<RecommendedItem> items = page(model.items(), ranking, query.offset(), query.limit());
        if (query.explain() != Explain.NONE && !popular && !items.isEmpty()) {
            items = explained(items, runtime, history, query.explain() == Explain.FULL, deadline);
        }
        String id = AnswerIds.of(model.name(), model.version(), question(asker, query, history), items);
        AnswerKind kind = popular ? AnswerKind.POPULAR : AnswerKind.PERSONALIZED;
        return new Recommendations(id, model.name(), model.version(), kind, history.summary(), items);
    }

    private static CompletableFuture<Ranking> ranking(
            ModelRuntime runtime, ResolvedHistory history, RecommendationQuery query) {
        BitSet excluded = query.excludeSeen() ? history.seen() : NO_ITEMS;
        return runtime.recommend(history.user(), history.items(), excluded, query.offset() + query.limit());
    }

    private Ranking byPopularity(ServedModel model) {
        return popular.get(model.version(), _ -> TopK.ranking(userCounts(model), new BitSet(), MAX_POPULAR));
    }

    private static float[] userCounts(ServedModel model) {
        int[] counts = model.histories().columnCounts();
        float[] scores = new float[counts.length];
        for (int item = 0; item < counts.length; item++) {
            scores[item] = counts[item];
        }
        return scores;
    }

    /// Inputs of the ranking besides the model. The texts of the records are part of every id that clients have
    /// recorded, so their names and components must not change.
    private static List<String> question(List<String> asker, RecommendationQuery query, ResolvedHistory history) {
        Stream<String> asked = Stream.of(query.toString(), history.summary().toString());
        Stream<String> items = IntStream.of(history.items()).mapToObj(Integer::toString);
        return Stream.of(asker.stream(), asked, items).flatMap(part -> part).toList();
    }

    private EncodedAnswer likeItem(ModelRuntime runtime, AnswerKey.ItemKey asked) throws InterruptedException {
        ServedModel model = runtime.model();
        String itemId = asked.itemId();
        int limit = asked.limit();
        Ranking ranking = await(runtime.similar(row(model, itemId), limit), OptionalLong.empty());
        List<RecommendedItem> items = page(model.items(), ranking, 0, limit);
        List<String> question = List.of("item", itemId, Integer.toString(limit));
        String id = AnswerIds.of(model.name(), model.version(), question, items);
        byte[] body = encoder.encode(new SimilarItems(id, model.name(), model.version(), itemId, items));
        return new EncodedAnswer(AnswerKind.SIMILAR, body, false);
    }

    private static int row(ServedModel model, String itemId) {
        return model.items().row(itemId).orElseThrow(() -> new UnknownItemException(itemId));
    }

    /// Returns at most `limit` items of a ranking, beginning after the best `offset`.
    private static List<RecommendedItem> page(ItemCatalogue items, Ranking ranking, int offset, int limit) {
        return IntStream.range(offset, Math.min(offset + limit, ranking.size()))
                .mapToObj(place -> {
                    Item item = items.item(ranking.row(place));
                    return new RecommendedItem(place + 1, item.id(), ranking.score(place), item.title());
                })
                .toList();
    }

    private List<RecommendedItem> explained(
            List<RecommendedItem> items,
            ModelRuntime runtime,
            ResolvedHistory history,
            boolean reasons,
            OptionalLong deadline)
            throws InterruptedException {
        ServedModel model = runtime.model();
        int[] rows = items.stream().mapToInt(item -> row(model, item.itemId())).toArray();
        List<Explanation> explanations =
                await(runtime.explain(history.user(), history.items(), rows, reasons), deadline);
        return IntStream.range(0, items.size())
                .mapToObj(at -> items.get(at).explained(ItemExplanation.of(explanations.get(at), model.items())))
                .toList();
    }

    /// Waits for a result of the runtime. A completed result is returned even if the thread is interrupted or the
    /// deadline has passed; otherwise the request is cancelled, so that the runtime drops it.
    private <T> T await(CompletableFuture<T> result, OptionalLong deadline) throws InterruptedException {
        if (result.state() == Future.State.FAILED) {
            throw unchecked(result.exceptionNow()); // a refusal, without the stack trace of an ExecutionException
        }
        try {
            return deadline.isEmpty()
                    ? result.get()
                    : result.get(deadline.getAsLong() - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            if (cancelled(result)) {
                throw e;
            }
            Thread.currentThread().interrupt(); // the next request to the runtime is cancelled
            return await(result, deadline);
        } catch (TimeoutException _) {
            if (cancelled(result)) {
                throw RecommendationsUnavailableException.late(timeout);
            }
            return await(result, deadline);
        } catch (ExecutionException | CancellationException e) {
            throw unchecked(e);
        }
    }

    private static boolean cancelled(CompletableFuture<?> result) {
        return result.cancel(false) || result.isCancelled();
    }

    /// Returns the failure of another thread as the exception that the waiting thread throws.
    static RuntimeException unchecked(Throwable failure) {
        return switch (failure) {
            case ExecutionException e when e.getCause() != null -> unchecked(e.getCause());
            case OverloadedException e -> new RecommendationsUnavailableException(UnavailableReason.of(e.reason()));
            case CancellationException _ -> new RecommendationsUnavailableException(UnavailableReason.CLOSING);
            default -> Tasks.failure(failure);
        };
    }
}
