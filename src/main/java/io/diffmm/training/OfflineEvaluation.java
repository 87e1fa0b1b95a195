package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.Artifact.Probe;
import io.diffmm.artifacts.Manifest;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.Metric;
import io.diffmm.evaluation.OfflineRanker;
import io.diffmm.linear.LinearSettings;
import io.diffmm.linear.RidgeRegression;
import io.diffmm.model.Recommender;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.ranking.Ranking;
import io.diffmm.report.Comparison;
import io.diffmm.report.Comparison.ComparedRanking;
import io.diffmm.report.MeasuredRanking;
import io.diffmm.report.MeasuredRanking.NamedRanker;
import io.diffmm.report.MeasuredRanking.RankingRole;
import io.diffmm.training.QualityGate.Evidence;
import io.diffmm.training.search.BlendSearch.OutOfFold;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Offline evaluation of a trained model on `valid`: the blend, its views, the baselines, and a comparison per user
/// with the current version.
final class OfflineEvaluation {

    /// Key of the blend's metrics in a manifest.
    private static final String MODEL = "model";

    private static final String BLEND = "blend";

    private final TrainingContext context;
    private final Dataset dataset;
    private final Validation validation;
    private final long seed;
    private final int[] popularity;
    private final Map<String, List<UserOutcome>> outcomes = new LinkedHashMap<>();
    private final List<MeasuredRanking> rankings = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private List<Probe> probes = List.of();
    private List<UserOutcome> outOfFold = List.of();
    private CurrentVersion current = new CurrentVersion.None();

    OfflineEvaluation(TrainingContext context) {
        this.context = context;
        this.dataset = context.dataset();
        this.validation = context.validation();
        this.seed = context.request().seed();
        this.popularity = dataset.train().columnCounts();
    }

    /// Measures the blend and its views, loaded as a server loads them, and records the model's probes.
    ///
    /// @param folds blends that are fitted without some of the users
    /// @param label start of the line that is printed about the blend
    void measureModel(ModelFiles files, List<OutOfFold> folds, String label) throws IOException {
        try (NDManager manager = context.manager().newSubManager();
                BlendedRecommender model = files.load(manager)) {
            forEachRanking(model, validation::ranker, this::measure);
            outOfFold = context.stages().time("measure blend out of fold", () -> outOfFold(model, folds));
            probes = ProbeRecorder.record(model, dataset);
        }
        print(label, blend());
        context.out()
                .println(String.format(
                        Locale.ROOT,
                        "out of fold (weights fitted without the user): valid recall@20 %.4f, ndcg@20 %.4f",
                        outOfFold("recall@20").value(),
                        outOfFold("ndcg@20").value()));
    }

    /// Ranks each user by the blend that is fitted without the user.
    private List<UserOutcome> outOfFold(BlendedRecommender model, List<OutOfFold> folds) {
        Map<String, UserOutcome> ranked = new HashMap<>();
        for (OutOfFold fold : folds) {
            context.stop().check();
            try (BlendedRecommender other = model.with(fold.blend())) {
                validation
                        .only(fold.users())
                        .outcomes(validation.ranker(other))
                        .forEach(outcome -> ranked.put(outcome.user().id(), outcome));
            }
        }
        return validation.users().stream()
                .map(user -> Optional.ofNullable(ranked.get(user.id())).orElseThrow())
                .toList();
    }

    /// Passes the rankings of a model to a consumer: the blend, each view alone, and the views of one kind together.
    ///
    /// @param toRanker adapter from a model to a ranker
    private static void forEachRanking(
            BlendedRecommender model, Function<Recommender, OfflineRanker> toRanker, Consumer<NamedRanker> consumer) {
        consumer.accept(new NamedRanker(BLEND, RankingRole.BLEND, toRanker.apply(model)));
        model.viewBlends().forEach((name, blend) -> {
            try (BlendedRecommender view = model.with(blend)) {
                consumer.accept(new NamedRanker(name, RankingRole.VIEW, toRanker.apply(view)));
            }
        });
    }

    /// Measures popularity, and EASE unless the catalogue is too large for its closed form.
    ///
    /// @param linear settings of the ridge regression, which is the same as that of EASE
    void measureBaselines(LinearSettings linear) {
        print("popularity", measure(new NamedRanker("popularity", RankingRole.BASELINE, validation.popularity())));
        if (RidgeRegression.size(dataset.train()) > linear.closedFormItems()) {
            leftOut.add("EASE, a baseline, was left out: more than %,d items have interactions (closed-form-items)."
                    .formatted(linear.closedFormItems()));
            return;
        }
        try (Ease ease =
                context.stages().time("fit EASE", () -> validation.ease(linear.ridgeLambda(), context.manager()))) {
            print("EASE", measure(new NamedRanker("EASE", RankingRole.BASELINE, ease)));
        }
    }

    private MeasuredRanking measure(NamedRanker ranker) {
        MeasuredRanking ranking = context.stages().time("measure " + ranker.name(), () -> {
            List<UserOutcome> measured = validation.outcomes(ranker.ranker());
            outcomes.put(ranker.name(), measured);
            return MeasuredRanking.of(ranker.name(), ranker.role(), measured, popularity, seed);
        });
        rankings.add(ranking);
        return ranking;
    }

    private void print(String label, MeasuredRanking ranking) {
        double recall = ranking.metric("recall@20").value();
        double ndcg = ranking.metric("ndcg@20").value();
        context.out()
                .println(String.format(Locale.ROOT, "%s: valid recall@20 %.4f, ndcg@20 %.4f", label, recall, ndcg));
    }

    /// Compares the rankings measured so far with those of the current version.
    void compareWithCurrentVersion() {
        Path model = context.request().modelDirectory();
        current = context.stages()
                .time(
                        "measure the current version",
                        () -> CurrentVersion.measure(model, context.manager(), this::comparison));
        if (current instanceof CurrentVersion.Measured measured) {
            context.out()
                    .println(String.format(
                            Locale.ROOT,
                            "current version %s: valid ndcg@20 %.4f",
                            measured.version(),
                            measured.comparison().blend().orElseThrow().now().getOrDefault(QualityGate.METRIC, 0.0)));
        }
    }

    private CurrentVersion.Measured comparison(Artifact artifact, BlendedRecommender recommender) {
        Manifest manifest = artifact.manifest();
        Map<String, List<UserOutcome>> before = new LinkedHashMap<>();
        forEachRanking(
                recommender,
                model -> CurrentVersion.ranker(model, artifact.contents(), dataset),
                ranker -> before.put(ranker.name(), validation.outcomes(ranker.ranker())));
        List<ComparedRanking> compared = rankings.stream()
                .map(ranking -> compared(ranking, Optional.ofNullable(before.get(ranking.name())), manifest))
                .filter(ranking -> !ranking.stored().isEmpty() || !ranking.now().isEmpty())
                .toList();
        boolean sameData = manifest.dataset().fingerprint().equals(dataset.fingerprint());
        return new CurrentVersion.Measured(
                new Comparison(manifest.version(), manifest.created(), sameData, compared),
                before.getOrDefault(BLEND, List.of()));
    }

    private ComparedRanking compared(MeasuredRanking ranking, Optional<List<UserOutcome>> before, Manifest manifest) {
        Map<String, Double> stored = manifest.metrics().getOrDefault(key(ranking), Map.of());
        List<UserOutcome> after = outcomes.getOrDefault(ranking.name(), List.of());
        return before.map(found -> ComparedRanking.of(ranking.name(), ranking.role(), stored, found, after, seed))
                .orElseGet(() -> ComparedRanking.stored(ranking.name(), ranking.role(), stored));
    }

    private static String key(MeasuredRanking ranking) {
        return ranking.role() == RankingRole.BLEND ? MODEL : ranking.name();
    }

    /// Returns the measured rankings, in the order of measurement.
    List<MeasuredRanking> rankings() {
        return List.copyOf(rankings);
    }

    /// Returns the ranking of the blend.
    MeasuredRanking blend() {
        return rankings.stream()
                .filter(ranking -> ranking.role() == RankingRole.BLEND)
                .findFirst()
                .orElseThrow();
    }

    /// Returns a metric of the lists by blends that are fitted without their user.
    ///
    /// @param name name of one of [MeasuredRanking#METRICS]
    Estimate outOfFold(String name) {
        Metric metric = MeasuredRanking.METRICS.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow();
        return Estimate.ofMean(
                outOfFold.stream().mapToDouble(outcome -> outcome.value(metric)).toArray(), seed);
    }

    /// Returns the evidence for the quality gate.
    ///
    /// @param epochs number of epochs that the best was chosen from
    /// @param notes remarks that do not decide
    Evidence evidence(int epochs, List<String> notes) {
        return new Evidence(
                outOfFold,
                outcomes.getOrDefault(BLEND, List.of()),
                outcomes.getOrDefault("popularity", List.of()),
                epochs,
                notes);
    }

    /// Returns the means of all rankings in the form of a manifest.
    Map<String, Map<String, Double>> metrics() {
        Map<String, Map<String, Double>> metrics = new LinkedHashMap<>();
        rankings.forEach(ranking -> metrics.put(key(ranking), ranking.means()));
        return metrics;
    }

    /// Returns the reasons for measurements that were left out.
    List<String> leftOut() {
        return List.copyOf(leftOut);
    }

    /// Returns the recorded probes of the model.
    List<Probe> probes() {
        return probes;
    }

    /// Returns the result for the current version; [CurrentVersion.None] before the comparison.
    CurrentVersion current() {
        return current;
    }

    /// Recorder of requests with the model's answers. A server repeats the requests before it serves the model.
    private static final class ProbeRecorder {

        private static final int REQUESTS = 8;
        private static final int ITEMS = 10;

        private ProbeRecorder() {}

        /// Records requests of users from the whole dataset, alternately as that user and as an unknown user with the
        /// same history.
        static List<Probe> record(Recommender model, Dataset dataset) {
            int users = dataset.users().size();
            int requests = Math.min(REQUESTS, users);
            return IntStream.range(0, requests)
                    .mapToObj(request ->
                            probe(model, dataset, (int) ((long) request * users / requests), request % 2 == 0))
                    .toList();
        }

        private static Probe probe(Recommender model, Dataset dataset, int user, boolean known) {
            int[] items = dataset.train().row(user);
            BitSet excluded = new BitSet();
            Arrays.stream(items).forEach(excluded::set);
            var history = new UserHistory(known ? OptionalInt.of(user) : OptionalInt.empty(), items);
            Ranking answer = model.recommend(List.of(new RankingQuery(history, excluded, ITEMS)), new StageTimes())
                    .getFirst();
            return new Probe(
                    known ? Optional.of(dataset.users().id(user)) : Optional.empty(),
                    ids(dataset.items(), items),
                    ids(dataset.items(), answer.rows()),
                    IntStream.range(0, answer.size()).mapToObj(answer::score).toList());
        }

        private static List<String> ids(ItemCatalogue items, int[] rows) {
            return Arrays.stream(rows).mapToObj(row -> items.item(row).id()).toList();
        }
    }
}
