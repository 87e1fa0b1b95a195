package io.diffmm.runtime;

import io.diffmm.model.BatchSizes;
import io.diffmm.model.Cores;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.SimilarityQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// Answers the requests of a batch together, and explanations by themselves once the others have their answers.
///
/// A request whose caller has gone, or that has waited past its deadline, is dropped before it is computed. A
/// request that fails does so alone: a batch that fails is computed again one by one.
final class BatchRunner {

    private static final System.Logger LOG = System.getLogger(BatchRunner.class.getName());

    private final Recommender model;
    private final BatchSizes sizes;
    private final Duration timeout;
    private final RuntimeListener listener;

    BatchRunner(Recommender model, BatchSizes sizes, Duration timeout, RuntimeListener listener) {
        this.model = model;
        this.sizes = sizes;
        this.timeout = timeout;
        this.listener = listener;
    }

    /// Computes the queries for nothing.
    void warmUp(List<RankingQuery> queries, Cores cores) {
        model.recommend(queries, new StageTimes(), cores);
    }

    /// Completes every request, in one way or another; does not throw.
    void run(List<Request<?>> batch, Cores cores) {
        try {
            answer(batch, cores);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a batch could not be computed", e);
            batch.forEach(request -> request.answer().completeExceptionally(e));
        }
    }

    /// Completes a request without computing it.
    void drop(Request<?> request, DropReason reason) {
        listener.dropped(reason); // first, so that who sees the answer sees the count
        request.answer().completeExceptionally(new OverloadedException(reason));
    }

    /// Counts a request whose caller has gone, and why.
    void dropAbandoned(Request<?> request) {
        listener.dropped(isLate(request, System.nanoTime()) ? DropReason.DEADLINE : DropReason.CALLER_GONE);
    }

    private boolean isLate(Request<?> request, long now) {
        return now - request.asked() > timeout.toNanos();
    }

    private void answer(List<Request<?>> batch, Cores cores) {
        answerTogether(started(batch, Request.ForHistory.class), requests -> rankings(requests, cores));
        answerTogether(started(batch, Request.ForItem.class), this::similar);
        answerTogether(started(batch, Request.ForReasons.class), this::explanations);
    }

    /// The requests of a kind that are still to be computed.
    private <R extends Request<?>> List<R> started(List<Request<?>> batch, Class<R> kind) {
        List<R> wanted = batch.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(request -> !droppedInTime(request))
                .toList();
        long now = System.nanoTime();
        for (R request : wanted) {
            listener.waited(Duration.ofNanos(now - request.asked()));
            request.trace().stage("queue", request.asked(), now);
        }
        return wanted;
    }

    /// Drops a request that need not be computed any more.
    private boolean droppedInTime(Request<?> request) {
        if (request.isAbandoned()) {
            dropAbandoned(request);
            return true;
        }
        if (isLate(request, System.nanoTime())) {
            drop(request, DropReason.DEADLINE);
            return true;
        }
        return false;
    }

    private <A, R extends Request<A>> void answerTogether(List<R> requests, Function<List<R>, List<A>> computation) {
        if (requests.isEmpty()) {
            return;
        }
        try {
            List<A> answers = computation.apply(requests);
            listener.batchComputed(requests.size());
            for (int at = 0; at < requests.size(); at++) {
                if (!requests.get(at).answer().complete(answers.get(at))) {
                    dropAbandoned(requests.get(at));
                }
            }
        } catch (RuntimeException | Error e) {
            if (requests.size() == 1) {
                requests.getFirst().answer().completeExceptionally(e);
            } else {
                LOG.log(System.Logger.Level.WARNING, "a batch failed; its requests are computed one by one", e);
                requests.stream()
                        .filter(request -> !droppedInTime(request))
                        .forEach(request -> answerTogether(List.of(request), computation));
            }
        }
    }

    private List<Ranking> rankings(List<Request.ForHistory> requests, Cores cores) {
        List<RankingQuery> queries =
                requests.stream().map(Request.ForHistory::query).toList();
        return timed(requests, times -> model.recommend(sizes.padded(queries), times, cores));
    }

    private List<Ranking> similar(List<Request.ForItem> requests) {
        List<SimilarityQuery> queries =
                requests.stream().map(Request.ForItem::query).toList();
        return timed(requests, times -> model.similar(queries, times));
    }

    private List<List<Explanation>> explanations(List<Request.ForReasons> requests) {
        return requests.stream()
                .map(request -> timed(List.of(request), times -> model.explain(request.query(), sizes, times)))
                .toList();
    }

    private <A> List<A> timed(List<? extends Request<?>> requests, Function<StageTimes, List<A>> computation) {
        var times = new StageTimes();
        List<A> answers = computation.apply(times);
        times.measured().forEach((stage, took) -> listener.stageComputed(name(stage), took));
        times.spans()
                .forEach((stage, span) ->
                        requests.forEach(request -> request.trace().stage(name(stage), span.start(), span.end())));
        return answers;
    }

    private static String name(Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT);
    }

    /// Begins to follow a request of the present thread.
    RequestTrace follow() {
        return listener.follow();
    }
}
