package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.Manifest;
import io.diffmm.datasets.Dataset;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.Popularity;
import io.diffmm.evaluation.Ranker;
import io.diffmm.evaluation.Ranker.ModelRanker;
import io.diffmm.model.Recommender;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ViewBlends;
import io.diffmm.report.Comparison;
import io.diffmm.report.Comparison.ComparedRanking;
import io.diffmm.report.MeasuredRanking;
import io.diffmm.report.MeasuredRanking.NamedRanker;
import io.diffmm.report.MeasuredRanking.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Measures rankings on `valid` one after the other, user by user, and compares them with those of the current version.
final class Assessment {

    /// What a manifest calls the ranking that users get.
    private static final String MODEL = "model";

    private final Dataset dataset;
    private final Validation validation;
    private final StageClock clock;
    private final long seed;
    private final int[] popularity;
    private final Map<String, List<UserOutcome>> outcomes = new LinkedHashMap<>();
    private final List<MeasuredRanking> rankings = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();

    /// An assessment of nothing yet.
    ///
    /// @param seed of the intervals
    Assessment(Dataset dataset, Validation validation, StageClock clock, long seed) {
        this.dataset = dataset;
        this.validation = validation;
        this.clock = clock;
        this.seed = seed;
        this.popularity = dataset.train().columnCounts();
    }

    /// Tells the rankings of a model: the blend that users get, each of its views alone, and the views of one kind
    /// together.
    ///
    /// @param asRanker how a model is asked
    static void forEach(BlendedRecommender model, Function<Recommender, Ranker> asRanker, Consumer<NamedRanker> told) {
        told.accept(new NamedRanker("blend", Role.BLEND, asRanker.apply(model)));
        ViewBlends.of(model).forEach((name, blend) -> {
            try (BlendedRecommender view = model.with(blend)) {
                told.accept(new NamedRanker(name, Role.VIEW, asRanker.apply(view)));
            }
        });
    }

    /// Measures a ranking.
    MeasuredRanking measure(NamedRanker ranker) {
        MeasuredRanking ranking = clock.time("measure " + ranker.name(), () -> {
            List<UserOutcome> found = validation.outcomes(ranker.ranker());
            outcomes.put(ranker.name(), found);
            return MeasuredRanking.of(ranker.name(), ranker.role(), found, popularity, seed);
        });
        rankings.add(ranking);
        return ranking;
    }

    /// Notes that something is not measured, and why.
    void leaveOut(String reason) {
        leftOut.add(reason);
    }

    /// What was not measured, and why.
    List<String> leftOut() {
        return List.copyOf(leftOut);
    }

    /// What was measured, in order.
    List<MeasuredRanking> rankings() {
        return List.copyOf(rankings);
    }

    /// The means of all rankings, as a manifest has them.
    Map<String, Map<String, Double>> metrics() {
        Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
        rankings.forEach(ranking -> metrics.put(key(ranking.role(), ranking.name()), ranking.means()));
        return metrics;
    }

    private static String key(Role role, String name) {
        return role == Role.BLEND ? MODEL : name;
    }

    /// Compares what was measured with the version that is current.
    ///
    /// @param model the directory with a model's versions
    CurrentVersion<Comparison> compare(Path model, NDManager manager) {
        return clock.time(
                "measure the current version",
                () -> CurrentVersion.measure(
                        model, manager, (artifact, recommender) -> comparison(artifact, recommender)));
    }

    private Comparison comparison(Artifact artifact, BlendedRecommender recommender) {
        Manifest manifest = artifact.manifest();
        Map<String, List<UserOutcome>> before = new LinkedHashMap<>();
        forEach(
                recommender,
                current -> currentRanker(artifact, current),
                ranker -> before.put(ranker.name(), validation.outcomes(ranker.ranker())));
        List<ComparedRanking> compared = rankings.stream()
                .map(ranking -> compared(ranking, Optional.ofNullable(before.get(ranking.name())), manifest))
                .filter(ranking -> !ranking.stored().isEmpty() || !ranking.now().isEmpty())
                .toList();
        boolean sameData = manifest.dataset().fingerprint().equals(dataset.fingerprint());
        return new Comparison(manifest.version(), manifest.created(), sameData, compared);
    }

    private ComparedRanking compared(MeasuredRanking ranking, Optional<List<UserOutcome>> before, Manifest manifest) {
        Map<String, Double> stored = manifest.metrics().getOrDefault(key(ranking.role(), ranking.name()), Map.of());
        List<UserOutcome> after = outcomes.getOrDefault(ranking.name(), List.of());
        return before.map(found -> ComparedRanking.of(ranking.name(), ranking.role(), stored, found, after, seed))
                .orElseGet(() -> ComparedRanking.stored(ranking.name(), ranking.role(), stored));
    }

    /// The current model for the users and items of now.
    private Ranker currentRanker(Artifact artifact, Recommender current) {
        Ranker ranker = new ModelRanker(
                current,
                CurrentRanker.histories(dataset, artifact.contents()),
                new Popularity(artifact.contents().histories().columnCounts()));
        return new CurrentRanker(artifact.contents(), dataset.items(), ranker);
    }
}
