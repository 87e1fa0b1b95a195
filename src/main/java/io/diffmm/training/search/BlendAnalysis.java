package io.diffmm.training.search;

import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Metric;
import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.report.BlendSelection;
import io.diffmm.report.BlendSelection.Regret;
import io.diffmm.report.BlendSelection.Removal;
import io.diffmm.training.search.BlendSpace.Mix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// Measures the reliability of the choice of a blend: its regret on fresh users, and the cost of removing each view.
final class BlendAnalysis {

    /// Number of random halves for the regret.
    private static final int HALVES = 100;

    private static final List<Metric> METRICS = List.of(MixOutcomes.NDCG, new Metric(Metric.Measure.RECALL, 20));

    private final BlendSpace space;
    private final MixFit fit;
    private final MixOutcomes valid;
    private final Optional<MixOutcomes> folds;
    private final long seed;

    BlendAnalysis(BlendSpace space, MixFit fit, MixOutcomes valid, Optional<MixOutcomes> folds, long seed) {
        this.space = space;
        this.fit = fit;
        this.valid = valid;
        this.folds = folds;
        this.seed = seed;
    }

    /// Analyses the choice of a mix.
    BlendSelection selection(Mix chosen) {
        int users = valid.weights().length;
        Mix uniform = fit.uniform(IntStream.range(0, users).toArray(), chosen.joined());
        return new BlendSelection(
                users,
                folds.map(hidden -> hidden.weights().length).orElse(0),
                MixFit.mean(valid.ndcg(chosen)),
                folds.map(hidden -> MixFit.mean(hidden.ndcg(chosen))),
                MixFit.mean(valid.ndcg(uniform)),
                users < 2 ? Optional.empty() : Optional.of(regret(users, chosen.joined())),
                removals(chosen));
    }

    private Regret regret(int users, boolean joined) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, users).boxed().toList());
        Random random = new Random(seed);
        double sum = 0;
        for (int half = 0; half < HALVES; half++) {
            Collections.shuffle(order, random);
            int[] shuffled = order.stream().mapToInt(user -> user).toArray();
            int[] fresh = Arrays.copyOfRange(shuffled, users / 2, users);
            Mix choice = fit.fit(Arrays.copyOf(shuffled, users / 2), joined);
            Mix best = fit.inHindsight(fresh);
            sum += MixFit.mean(valid.ndcg(best), fresh) - MixFit.mean(valid.ndcg(choice), fresh);
        }
        return new Regret(sum / HALVES, HALVES);
    }

    /// Returns the cost of removing each view, and each kind of several views.
    private List<Removal> removals(Mix chosen) {
        Map<String, List<Integer>> removed = new LinkedHashMap<>();
        List<String> names = space.names();
        for (int view = 0; view < names.size(); view++) {
            if (chosen.shares().get(view) > 0) {
                removed.put(names.get(view), List.of(view));
            }
        }
        Map<String, List<Integer>> kinds = new LinkedHashMap<>();
        removed.forEach((name, view) ->
                kinds.computeIfAbsent(Scorer.kind(name), _ -> new ArrayList<>()).addAll(view));
        kinds.values().removeIf(views -> views.size() < 2);
        removed.putAll(kinds);
        removed.values().removeIf(views -> without(chosen, views).isEmpty());
        return removed.entrySet().stream()
                .map(entry -> removal(entry.getKey(), chosen, without(chosen, entry.getValue())))
                .toList();
    }

    private static Mix without(Mix chosen, List<Integer> views) {
        Mix rest = chosen;
        for (int view : views) {
            rest = rest.with(view, 0);
        }
        return rest;
    }

    private Removal removal(String name, Mix chosen, Mix rest) {
        return new Removal(
                name,
                costs(valid, chosen, rest),
                folds.map(hidden -> costs(hidden, chosen, rest)).orElse(Map.of()));
    }

    private Map<String, Estimate> costs(MixOutcomes split, Mix chosen, Mix rest) {
        Map<String, Estimate> costs = new LinkedHashMap<>();
        for (Metric metric : METRICS) {
            double[] with = split.values(chosen, metric);
            double[] without = split.values(rest, metric);
            Arrays.setAll(with, user -> with[user] - without[user]);
            costs.put(metric.name(), Estimate.ofMean(with, seed));
        }
        return costs;
    }
}
