package io.diffmm.training.blend;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.model.Recency;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Chooses on held-out items how the views of a model become one score.
///
/// Also says what the same search reaches for users that it did not see: each half of the users is ranked with the
/// weights found on the other half. The difference to what it reaches on its own users is what was learnt by heart.
public final class BlendSearch {

    /// Enough for an error of the mean that is far below what weights change.
    private static final int MOST_USERS = 10_000;

    private final BlendedRecommender model;
    private final Function<HeldOutUser, int[]> histories;
    private final Function<String, Recency> recency;
    private final long seed;

    /// A search.
    ///
    /// @param histories what each user interacted with before, oldest first
    /// @param recency how each view weighs a history
    /// @param seed of the choice of users
    public BlendSearch(
            BlendedRecommender model,
            Function<HeldOutUser, int[]> histories,
            Function<String, Recency> recency,
            long seed) {
        this.model = model;
        this.histories = histories;
        this.recency = recency;
        this.seed = seed;
    }

    /// What was found.
    ///
    /// @param otherHalf the mean NDCG@20 with weights found on the other half of the users; empty for one user
    public record Result(Blend blend, Optional<Double> otherHalf) {}

    /// Searches.
    ///
    /// @param users with held-out items; those without a history are left out
    /// @throws IllegalArgumentException if none of them has one
    public Result search(List<HeldOutUser> users) {
        List<String> views = model.views();
        List<Candidates> candidates =
                new ViewCandidates(model, views.stream().map(this::alone).toList(), histories).of(some(users));
        double[] weights = new WeightSearch(candidates, views.size()).weights();
        return new Result(blend(views, weights), otherHalf(candidates, views.size()));
    }

    private static Optional<Double> otherHalf(List<Candidates> candidates, int views) {
        if (candidates.size() < 2) {
            return Optional.empty();
        }
        List<Candidates> one = candidates.subList(0, candidates.size() / 2);
        List<Candidates> other = candidates.subList(candidates.size() / 2, candidates.size());
        return Optional.of((of(one, other, views) + of(other, one, views)) / 2);
    }

    private static double of(List<Candidates> measured, List<Candidates> searched, int views) {
        return WeightSearch.mean(measured, new WeightSearch(searched, views).weights());
    }

    private Blend alone(String view) {
        return new Blend(Map.of(view, new Blend.Part(1, recency.apply(view))));
    }

    private List<HeldOutUser> some(List<HeldOutUser> users) {
        List<HeldOutUser> known = new ArrayList<>(
                users.stream().filter(user -> histories.apply(user).length > 0).toList());
        if (known.isEmpty()) {
            throw new IllegalArgumentException("a blend needs a user with a history and a held-out item");
        }
        Collections.shuffle(known, new Random(seed));
        return known.subList(0, Math.min(known.size(), MOST_USERS));
    }

    private Blend blend(List<String> views, double[] weights) {
        Map<String, Blend.Part> parts = new LinkedHashMap<>();
        IntStream.range(0, weights.length)
                .filter(view -> weights[view] > 0)
                .forEach(view -> parts.put(
                        views.get(view), new Blend.Part(rounded(weights[view]), recency.apply(views.get(view)))));
        return new Blend(parts);
    }

    /// To the digits of float32, which is more than weights are known to.
    private static double rounded(double weight) {
        return Double.parseDouble(Float.toString((float) weight));
    }
}
