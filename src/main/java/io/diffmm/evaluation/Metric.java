package io.diffmm.evaluation;

import java.util.List;
import java.util.stream.Stream;

/// Ranking metric at a cutoff, for one ranked list against the items held out for its user.
///
/// The formulas are those of the evaluation scripts of the papers. A list shorter than the cutoff counts as padded
/// with misses.
///
/// @param cutoff number of ranks that count
public record Metric(Measure measure, int cutoff) {

    /// Formula of a metric; `hits` counts the held-out items among the first `cutoff` ranks.
    public enum Measure {
        /// `hits / held-out items`.
        RECALL,
        /// `hits / cutoff`.
        PRECISION,
        /// `DCG / best possible DCG`, with a gain of `1 / log2(rank + 1)` for each hit.
        NDCG
    }

    public Metric {
        if (cutoff < 1) {
            throw new IllegalArgumentException("cutoff is %d; need a positive number".formatted(cutoff));
        }
    }

    /// Returns every measure at a cutoff.
    public static List<Metric> at(int cutoff) {
        return Stream.of(Measure.values())
                .map(measure -> new Metric(measure, cutoff))
                .toList();
    }

    /// Returns the name that reports and manifests use, for example `recall@20`.
    public String name() {
        String name = switch (measure) {
            case RECALL -> "recall";
            case PRECISION -> "precision";
            case NDCG -> "ndcg";
        };
        return name + '@' + cutoff;
    }

    /// Computes the metric of one list.
    ///
    /// @param hits true at each rank whose item was held out, best rank first
    /// @param heldOut number of held-out items, at least one
    public double of(boolean[] hits, int heldOut) {
        return switch (measure) {
            case RECALL -> (double) count(hits) / heldOut;
            case PRECISION -> (double) count(hits) / cutoff;
            case NDCG -> ndcg(hits, heldOut);
        };
    }

    private int count(boolean[] hits) {
        int count = 0;
        for (int rank = 0; rank < Math.min(cutoff, hits.length); rank++) {
            if (hits[rank]) {
                count++;
            }
        }
        return count;
    }

    private double ndcg(boolean[] hits, int heldOut) {
        double gain = 0;
        double best = 0;
        for (int rank = 1; rank <= cutoff; rank++) {
            double discount = Math.log(2) / Math.log(rank + 1.0);
            if (rank <= hits.length && hits[rank - 1]) {
                gain += discount;
            }
            if (rank <= heldOut) {
                best += discount;
            }
        }
        return gain / best;
    }
}
