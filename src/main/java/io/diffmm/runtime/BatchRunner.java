package io.diffmm.runtime;

import io.diffmm.model.Cores;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.StageTimes;
import io.diffmm.ranking.Ranking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Answers the requests of a batch together.
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
    void run(List<Request> batch, Cores cores) {
        try {
            answer(batch, cores);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a batch could not be computed", e);
            batch.forEach(request -> request.answer().completeExceptionally(e));
        }
    }

    /// Completes a request without computing it.
    void drop(Request request, DropReason reason) {
        request.answer().completeExceptionally(new OverloadedException(reason));
        listener.dropped(reason);
    }

    /// Counts a request whose caller has gone, and why.
    void dropAbandoned(Request request) {
        listener.dropped(isLate(request, System.nanoTime()) ? DropReason.DEADLINE : DropReason.CALLER_GONE);
    }

    private boolean isLate(Request request, long now) {
        return now - request.asked() > timeout.toNanos();
    }

    private void answer(List<Request> batch, Cores cores) {
        long start = System.nanoTime();
        List<Request.ForHistory> histories = new ArrayList<>();
        for (Request request : batch) {
            if (request.isAbandoned()) {
                dropAbandoned(request);
            } else if (isLate(request, start)) {
                drop(request, DropReason.DEADLINE);
            } else {
                listener.waited(Duration.ofNanos(start - request.asked()));
                switch (request) {
                    case Request.ForHistory history -> histories.add(history);
                    case Request.ForItem item -> answerItem(item);
                }
            }
        }
        if (!histories.isEmpty()) {
            answerHistories(histories, cores);
        }
    }

    private void answerItem(Request.ForItem request) {
        try {
            request.answer().complete(model.similar(request.item(), request.count()));
        } catch (RuntimeException e) {
            request.answer().completeExceptionally(e);
        }
    }

    private void answerHistories(List<Request.ForHistory> requests, Cores cores) {
        try {
            List<Ranking> rankings = compute(requests, cores);
            for (int at = 0; at < requests.size(); at++) {
                requests.get(at).answer().complete(rankings.get(at));
            }
        } catch (RuntimeException e) {
            if (requests.size() == 1) {
                requests.getFirst().answer().completeExceptionally(e);
            } else {
                LOG.log(System.Logger.Level.WARNING, "a batch failed; its requests are computed one by one", e);
                requests.forEach(request -> answerHistories(List.of(request), cores));
            }
        }
    }

    private List<Ranking> compute(List<Request.ForHistory> requests, Cores cores) {
        var times = new StageTimes();
        List<RankingQuery> queries =
                requests.stream().map(Request.ForHistory::query).toList();
        List<Ranking> rankings = model.recommend(sizes.padded(queries), times, cores);
        listener.batchComputed(requests.size());
        times.measured()
                .forEach((stage, took) -> listener.stageComputed(stage.name().toLowerCase(Locale.ROOT), took));
        return rankings;
    }
}
