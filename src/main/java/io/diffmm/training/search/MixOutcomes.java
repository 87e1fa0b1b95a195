package io.diffmm.training.search;

import io.diffmm.evaluation.Metric;
import io.diffmm.training.search.BlendSpace.Column;
import io.diffmm.training.search.BlendSpace.Mix;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Metrics of the users of a split under each mix of a space, computed once per mix. Not thread-safe.
final class MixOutcomes {

    private static final float[] NONE = {};

    static final Metric NDCG = new Metric(Metric.Measure.NDCG, 20);

    private final BlendSpace space;
    private final double[] weights;
    private final int[] active; // users with a held-out item among their candidates; all others score zero
    private final List<Candidates> candidates; // of active users
    private final List<Map<Column, float[]>> columns; // of active users
    private final int[] all; // all users
    private final Map<Mix, double[]> ndcg = new LinkedHashMap<>();
    private final Map<Mix, Double> means = new HashMap<>();
    private final Map<List<Mix>, Double> squaredErrors = new HashMap<>();

    MixOutcomes(BlendSpace space, HeldOutScores split) {
        this.space = space;
        this.weights = split.weights();
        this.all = IntStream.range(0, weights.length).toArray();
        this.active = IntStream.range(0, split.users().size())
                .filter(user -> split.users().get(user).hits().length > 0)
                .toArray();
        this.candidates =
                IntStream.of(active).mapToObj(user -> split.users().get(user)).toList();
        this.columns = candidates.stream().map(space::standardised).toList();
    }

    /// Returns the weight of each user; their mean is 1.
    double[] weights() {
        return weights;
    }

    /// Returns the weighted NDCG@20 of each user; read-only.
    double[] ndcg(Mix mix) {
        return ndcg.computeIfAbsent(mix.scaled(), scaled -> values(scaled, NDCG));
    }

    /// Returns the mean NDCG@20 of all users.
    double mean(Mix mix) {
        return means.computeIfAbsent(mix.scaled(), scaled -> MixFit.mean(ndcg(scaled)));
    }

    /// Returns the square of the standard error of the difference of two mixes' mean NDCG@20.
    double squaredError(Mix mix, Mix other) {
        return squaredErrors.computeIfAbsent(
                List.of(mix.scaled(), other.scaled()),
                pair -> MixFit.squaredError(ndcg(pair.getFirst()), ndcg(pair.getLast()), all));
    }

    /// Returns all mixes whose NDCG@20 was computed, in that order.
    List<Mix> mixes() {
        return List.copyOf(ndcg.keySet());
    }

    /// Returns a weighted metric of each user.
    double[] values(Mix mix, Metric metric) {
        Map<Column, Double> shares = space.shares(mix);
        double[] values = new double[weights.length];
        IntStream.range(0, active.length)
                .parallel()
                .forEach(at -> values[active[at]] = weights[active[at]] * value(at, shares, metric));
        return values;
    }

    private double value(int user, Map<Column, Double> shares, Metric metric) {
        float[] sum = new float[candidates.get(user).size()];
        shares.forEach((column, share) ->
                add(sum, share.floatValue(), columns.get(user).getOrDefault(column, NONE)));
        boolean[] found = new boolean[metric.cutoff()];
        boolean any = false;
        for (int hit : candidates.get(user).hits()) {
            int rank = rank(sum, hit);
            if (rank < found.length) {
                found[rank] = true;
                any = true;
            }
        }
        return any ? metric.of(found, candidates.get(user).heldOut()) : 0;
    }

    /// Returns the number of candidates that rank before one; equal scores are ordered by position, as in
    /// [io.diffmm.ranking.TopK].
    private static int rank(float[] scores, int at) {
        float score = scores[at];
        int before = 0;
        for (int other = 0; other < at; other++) {
            before += scores[other] >= score ? 1 : 0;
        }
        for (int other = at + 1; other < scores.length; other++) {
            before += scores[other] > score ? 1 : 0;
        }
        return before;
    }

    private static void add(float[] sum, float share, float[] scores) {
        for (int at = 0; at < sum.length; at++) {
            sum[at] += share * scores[at];
        }
    }
}
