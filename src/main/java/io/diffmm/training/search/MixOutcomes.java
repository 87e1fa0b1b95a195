package io.diffmm.training.search;

import io.diffmm.evaluation.Metric;
import io.diffmm.training.search.BlendSpace.Column;
import io.diffmm.training.search.BlendSpace.Mix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Metrics of the users of a split under each mix of a space, computed once per mix. Not thread-safe.
///
/// Memory: one float32 number per mix and user with a held-out item among the candidates.
final class MixOutcomes {

    private static final float[] NONE = {};

    static final Metric NDCG = new Metric(Metric.Measure.NDCG, 20);

    private final BlendSpace space;
    private final double[] weights;
    private final int[] active; // users with a held-out item among their candidates; all others score zero
    private final int[] position; // of each user in `active`, or -1
    private final List<Candidates> candidates; // of active users
    private final List<Map<Column, float[]>> columns; // of active users
    private final Map<Mix, float[]> ndcg = new LinkedHashMap<>(); // of active users

    MixOutcomes(BlendSpace space, HeldOutScores split) {
        this.space = space;
        this.weights = split.weights();
        this.active = IntStream.range(0, split.users().size())
                .filter(user -> split.users().get(user).hits().length > 0)
                .toArray();
        this.position = new int[weights.length];
        Arrays.fill(position, -1);
        IntStream.range(0, active.length).forEach(at -> position[active[at]] = at);
        this.candidates =
                IntStream.of(active).mapToObj(user -> split.users().get(user)).toList();
        this.columns = candidates.stream().map(space::standardised).toList();
    }

    /// Returns the number of users.
    int users() {
        return weights.length;
    }

    /// Returns the weighted mean NDCG@20 of some users; 0 without users.
    double mean(Mix mix, int[] users) {
        float[] values = ndcg(mix);
        double sum = 0;
        for (int user : users) {
            sum += position[user] < 0 ? 0 : values[position[user]];
        }
        return users.length == 0 ? 0 : sum / users.length;
    }

    /// Returns the square of the standard error of the difference of two mixes' mean NDCG@20; infinite
    /// with less than two users.
    double squaredError(Mix mix, Mix other, int[] users) {
        if (users.length < 2) {
            return Double.POSITIVE_INFINITY;
        }
        float[] values = ndcg(mix);
        float[] others = ndcg(other);
        double sum = 0;
        double squares = 0;
        for (int user : users) {
            int at = position[user];
            double difference = at < 0 ? 0 : values[at] - others[at];
            sum += difference;
            squares += difference * difference;
        }
        double mean = sum / users.length;
        return Math.max(0, squares / users.length - mean * mean) / (users.length - 1);
    }

    /// Returns all mixes whose NDCG@20 was computed, in that order.
    List<Mix> mixes() {
        return List.copyOf(ndcg.keySet());
    }

    private float[] ndcg(Mix mix) {
        return ndcg.computeIfAbsent(mix.scaled(), scaled -> activeValues(scaled, NDCG));
    }

    /// Returns a weighted metric of each user.
    double[] values(Mix mix, Metric metric) {
        float[] own = activeValues(mix, metric);
        return IntStream.of(position).mapToDouble(at -> at < 0 ? 0 : own[at]).toArray();
    }

    private float[] activeValues(Mix mix, Metric metric) {
        Map<Column, Double> shares = space.shares(mix);
        float[] values = new float[active.length];
        IntStream.range(0, active.length)
                .parallel()
                .forEach(at -> values[at] = (float) (weights[active[at]] * value(at, shares, metric)));
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
