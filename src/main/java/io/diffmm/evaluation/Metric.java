package io.diffmm.evaluation;

import java.util.List;
import java.util.stream.Stream;

/// One number of one ranked list: a measure at a cutoff.
///
/// @param cutoff ranks that count
public record Metric(Measure measure, int cutoff) {

    /// What is measured; see [RankingMetrics].
    public enum Measure {
        RECALL,
        PRECISION,
        NDCG
    }

    public Metric {
        if (cutoff < 1) {
            throw new IllegalArgumentException("cutoff is %d; need a positive number".formatted(cutoff));
        }
    }

    /// Every measure at a cutoff.
    public static List<Metric> at(int cutoff) {
        return Stream.of(Measure.values())
                .map(measure -> new Metric(measure, cutoff))
                .toList();
    }

    /// As people and manifests call it, say `recall@20`.
    public String name() {
        String name = switch (measure) {
            case RECALL -> "recall";
            case PRECISION -> "precision";
            case NDCG -> "ndcg";
        };
        return name + '@' + cutoff;
    }

    /// Its value for one list.
    ///
    /// @param hits whether the item at each rank was held out
    /// @param heldOut how many items were held out, at least one
    public double of(boolean[] hits, int heldOut) {
        return switch (measure) {
            case RECALL -> RankingMetrics.recall(hits, cutoff, heldOut);
            case PRECISION -> RankingMetrics.precision(hits, cutoff);
            case NDCG -> RankingMetrics.ndcg(hits, cutoff, heldOut);
        };
    }
}
