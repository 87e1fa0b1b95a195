package io.diffmm.training.search;

import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Metric;
import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.report.BlendSelection;
import io.diffmm.report.BlendSelection.Regret;
import io.diffmm.report.BlendSelection.Removal;
import io.diffmm.training.search.BlendSpace.Mix;
import io.diffmm.training.search.Persons.Users;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Measures the reliability of the choice of a blend: its regret on fresh users, and the cost of
/// removing each view.
///
/// @param parts number of parts that persons are divided into for figures out of fold
/// @param seed seed of the random halves and of the intervals
record BlendAnalysis(
        BlendSpace space,
        MixFit fit,
        MixOutcomes valid,
        Optional<MixOutcomes> folds,
        Persons persons,
        int parts,
        long seed) {

    /// Number of random halves for the regret.
    private static final int HALVES = 30;

    private static final List<Metric> METRICS = List.of(MixOutcomes.NDCG, new Metric(Metric.Measure.RECALL, 20));

    /// Analyses the choice of a mix.
    BlendSelection selection(Mix chosen) {
        Users all = persons.all();
        Mix uniform = fit.uniform(all, chosen.joined());
        return new BlendSelection(
                valid.users(),
                folds.map(MixOutcomes::users).orElse(0),
                valid.mean(chosen, all.valid()),
                folds.map(hidden -> hidden.mean(chosen, all.folds())),
                valid.mean(uniform, all.valid()),
                valid.users() < 2 ? Optional.empty() : Optional.of(regret(chosen.joined())),
                removals(chosen));
    }

    /// Chooses in all halves before the first comparison, so that each is compared with the same
    /// blends.
    private Regret regret(boolean joined) {
        Random random = new Random(seed);
        List<Set<Integer>> fresh =
                Collections.nCopies(HALVES, 0).stream().map(_ -> half(random)).toList();
        List<Mix> choices = fresh.stream()
                .map(left -> fit.fit(persons.where(person -> !left.contains(person)), joined))
                .toList();
        double sum = 0;
        for (int half = 0; half < HALVES; half++) {
            int[] users = persons.where(fresh.get(half)::contains).valid();
            sum += valid.mean(fit.inHindsight(users), users) - valid.mean(choices.get(half), users);
        }
        return new Regret(sum / HALVES, HALVES);
    }

    /// Draws half of the persons in `valid`.
    private Set<Integer> half(Random random) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, valid.users()).boxed().toList());
        Collections.shuffle(order, random);
        return new HashSet<>(order.subList(valid.users() / 2, valid.users()));
    }

    /// Returns the cost of removing each view, and each kind of several views.
    private List<Removal> removals(Mix chosen) {
        List<String> names = space.names();
        Map<String, Set<Integer>> removed = new LinkedHashMap<>();
        Map<String, Set<Integer>> kinds = new LinkedHashMap<>();
        for (int view = 0; view < names.size(); view++) {
            if (chosen.shares().get(view) > 0) {
                removed.put(names.get(view), Set.of(view));
                kinds.computeIfAbsent(Scorer.kind(names.get(view)), _ -> new HashSet<>())
                        .add(view);
            }
        }
        kinds.values().removeIf(views -> views.size() < 2);
        removed.putAll(kinds);
        removed.values().removeIf(views -> views.size() == names.size());
        if (removed.isEmpty()) {
            return List.of();
        }
        List<Mix> with = fitted(chosen.joined(), Set.of());
        return removed.entrySet().stream()
                .map(entry -> removal(entry.getKey(), with, fitted(chosen.joined(), entry.getValue())))
                .toList();
    }

    /// Returns the mixes that are fitted without the persons of each part.
    private List<Mix> fitted(boolean joined, Set<Integer> removed) {
        return IntStream.range(0, parts)
                .mapToObj(part -> fit.fit(persons.where(person -> person % parts != part), joined, removed))
                .toList();
    }

    private Removal removal(String name, List<Mix> with, List<Mix> without) {
        return new Removal(
                name,
                costs(valid, Users::valid, with, without),
                folds.map(hidden -> costs(hidden, Users::folds, with, without)).orElse(Map.of()));
    }

    private Map<String, Estimate> costs(
            MixOutcomes split, Function<Users, int[]> side, List<Mix> with, List<Mix> without) {
        Map<String, Estimate> costs = new LinkedHashMap<>();
        for (Metric metric : METRICS) {
            double[] differences = new double[split.users()];
            for (int part = 0; part < parts; part++) {
                int own = part;
                double[] before = split.values(with.get(part), metric);
                double[] after = split.values(without.get(part), metric);
                for (int user : side.apply(persons.where(person -> person % parts == own))) {
                    differences[user] = before[user] - after[user];
                }
            }
            costs.put(metric.name(), Estimate.ofMean(differences, seed));
        }
        return costs;
    }
}
