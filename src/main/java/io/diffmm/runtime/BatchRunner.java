package io.diffmm.runtime;

import io.diffmm.model.BatchSizes;
import io.diffmm.model.Cores;
import io.diffmm.model.Recommender;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.runtime.OverloadedException.DropReason;
import io.diffmm.runtime.RuntimeListener.RequestTrace;
import io.diffmm.runtime.WorkQueue.Request;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Computes the requests of a batch together, and then each explanation by itself.
///
/// Drops a request before its computation if its caller has gone or its deadline has passed. A failing request fails
/// alone: the requests of a failed batch are computed again one by one.
final class BatchRunner {

    private static final Logger LOG = LoggerFactory.getLogger(BatchRunner.class);

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

    /// Computes queries and discards the answers.
    void warmUp(List<RankingQuery> queries, Cores cores) {
        model.recommend(queries, new StageTimes(), cores);
    }

    /// Completes every request with an answer or a failure; does not throw.
    void run(List<Request<?>> batch, Cores cores) {
        try {
            answer(batch, cores);
        } catch (RuntimeException | Error e) {
            LOG.error("A batch could not be computed; its requests fail", e);
            batch.forEach(request -> request.answer().completeExceptionally(e));
        }
    }

    /// Completes a request without computing it.
    void drop(Request<?> request, DropReason reason) {
        listener.dropped(reason); // before the answer, so that a caller that has it finds it counted
        request.answer().completeExceptionally(new OverloadedException(reason));
    }

    /// Counts a request whose caller has gone, by reason.
    void dropAbandoned(Request<?> request) {
        listener.dropped(isLate(request, System.nanoTime()) ? DropReason.DEADLINE : DropReason.CALLER_GONE);
    }

    private boolean isLate(Request<?> request, long now) {
        return now - request.submitted() > timeout.toNanos();
    }

    private void answer(List<Request<?>> batch, Cores cores) {
        answerTogether(started(batch, Request.Recommend.class), requests -> rankings(requests, cores));
        answerTogether(started(batch, Request.Similar.class), this::similar);
        answerTogether(started(batch, Request.Explain.class), this::explanations);
    }

    /// Returns the requests of a kind that still need an answer, and drops the others.
    private <R extends Request<?>> List<R> started(List<Request<?>> batch, Class<R> kind) {
        List<R> wanted = batch.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(request -> !isDropped(request))
                .toList();
        long now = System.nanoTime();
        for (R request : wanted) {
            listener.waited(Duration.ofNanos(now - request.submitted()));
            request.trace().stage("queue", request.submitted(), now);
        }
        return wanted;
    }

    /// Drops a request whose caller has gone or whose deadline has passed.
    private boolean isDropped(Request<?> request) {
        if (WorkQueue.isAbandoned(request)) {
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
                LOG.warn("A batch failed; retrying its requests one by one", e);
                requests.stream()
                        .filter(request -> !isDropped(request))
                        .forEach(request -> answerTogether(List.of(request), computation));
            }
        }
    }

    private List<Ranking> rankings(List<Request.Recommend> requests, Cores cores) {
        List<RankingQuery> queries =
                requests.stream().map(Request.Recommend::query).toList();
        return timed(requests, times -> model.recommend(sizes.padded(queries), times, cores));
    }

    private List<Ranking> similar(List<Request.Similar> requests) {
        List<SimilarityQuery> queries =
                requests.stream().map(Request.Similar::query).toList();
        return timed(requests, times -> model.similar(queries, times));
    }

    private List<List<Explanation>> explanations(List<Request.Explain> requests) {
        return requests.stream()
                .map(request -> timed(List.of(request), times -> model.explain(request.query(), sizes, times)))
                .toList();
    }

    private <A> List<A> timed(List<? extends Request<?>> requests, Function<StageTimes, List<A>> computation) {
        var times = new StageTimes();
        List<A> answers = computation.apply(times);
        times.forEach((stage, total, start, end) -> {
            listener.stageComputed(name(stage), total);
            requests.forEach(request -> request.trace().stage(name(stage), start, end));
        });
        return answers;
    }

    private static String name(Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT);
    }

    /// Starts a trace of a request on the current thread.
    RequestTrace follow() {
        return listener.follow();
    }
}
