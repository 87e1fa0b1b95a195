package io.diffmm.cli;

import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.reading.InteractionsFile;
import io.diffmm.datasets.reading.InteractionsFile.Histories;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.evaluation.Evaluator.Evaluation;
import io.diffmm.evaluation.OfflineRanker;
import io.diffmm.evaluation.OfflineRanker.ModelRanker;
import io.diffmm.evaluation.PopularityRanker;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.Recommender;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.runtime.LoadedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Subcommand `evaluate`: computes ranking metrics of a published model on held-out interactions, by full ranking.
@Command(
        name = "evaluate",
        versionProvider = Commands.Version.class,
        mixinStandardHelpOptions = true,
        description = {
            "Evaluates a published model on held-out interactions and prints the metrics as one JSON object.",
            "Histories come from the train file of the dataset; their items, and those of --exclude, are not ranked.",
            "Rankings for users unknown to the model are computed from their history, or by popularity without one."
        })
public final class EvaluateCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--artifact",
            required = true,
            paramLabel = "DIR",
            description = "Directory of a version, or of a model, which selects its current version.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path artifact;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Directory of the dataset.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path data;

    @Option(names = "--test", required = true, paramLabel = "FILE", description = "File of held-out interactions.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path test;

    @Option(
            names = "--exclude",
            paramLabel = "FILE",
            description =
                    "File of further interactions to exclude from the ranking, for example valid.csv; repeatable.")
    private List<Path> excluded = new ArrayList<>();

    @Option(
            names = "--k",
            split = ",",
            defaultValue = "10,20",
            paramLabel = "K",
            description = "Comma-separated ranking cutoffs (default: ${DEFAULT-VALUE}).")
    private List<Integer> cutoffs = List.of();

    @Option(
            names = "--view",
            paramLabel = "NAME",
            description =
                    "View of the model to evaluate alone, for example linear (default: the blend that is served).")
    private @Nullable String view;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "Device: auto, cpu, gpu or gpu:N (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String device;

    @Override
    public Integer call() {
        if (cutoffs.stream().anyMatch(cutoff -> cutoff < 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--k must be a list of positive numbers, but is " + cutoffs);
        }
        try {
            DeviceChoice.parse(device);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Path version = ArtifactLocator.resolve(artifact, Optional.empty());
        try (LoadedModel model = LoadedModel.open(version, device, SearchSettings.defaults())) {
            print(evaluate(model));
        }
        return 0;
    }

    private Evaluation evaluate(LoadedModel model) {
        Histories histories = InteractionsFile.histories(data, model.contents().items());
        Map<String, BitSet> seen = excludedItems(model, histories);
        Function<HeldOutUser, BitSet> excludedOf = user -> seen.getOrDefault(user.id(), new BitSet());
        HeldOut heldOut = InteractionsFile.heldOut(
                        test, model.contents().users()::row, model.contents().items())
                .withoutSeen(user -> excludedOf.apply(user).stream().toArray());
        reportExcluded(
                histories.unknownItems(), "interactions of the train file with items that the model does not contain");
        reportExcluded(heldOut.unknownItems(), "held-out interactions with items that the model does not contain");
        reportExcluded(heldOut.alreadySeen(), "held-out interactions with items of the user's history");
        PopularityRanker popularity =
                new PopularityRanker(model.contents().histories().columnCounts());
        Evaluator evaluator = new Evaluator(heldOut, excludedOf, cutoffs);
        printInfo("Popularity baseline: %s"
                .formatted(evaluator.evaluate(popularity).metrics()));
        Function<Recommender, OfflineRanker> ranker =
                recommender -> new ModelRanker(recommender, user -> histories.of(user.id()), popularity);
        if (view == null) {
            return evaluator.evaluate(ranker.apply(model.recommender()));
        }
        try (BlendedRecommender alone = model.recommender().with(blend(model.recommender(), view))) {
            return evaluator.evaluate(ranker.apply(alone));
        }
    }

    private Blend blend(BlendedRecommender model, String name) {
        Map<String, Blend> views = model.viewBlends();
        return Optional.ofNullable(views.get(name))
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "the model has no view '%s'; its views are %s".formatted(name, views.keySet())));
    }

    /// Returns the items to exclude from the ranking, by user.
    private Map<String, BitSet> excludedItems(LoadedModel model, Histories histories) {
        Map<String, BitSet> seen = new LinkedHashMap<>();
        histories.byUser().forEach((user, items) -> seen.put(user, Evaluator.bits(items)));
        for (Path file : excluded) {
            InteractionsFile.histories(file, model.contents().items())
                    .byUser()
                    .forEach((user, items) ->
                            seen.computeIfAbsent(user, _ -> new BitSet()).or(Evaluator.bits(items)));
        }
        return seen;
    }

    private void reportExcluded(int count, String subject) {
        if (count > 0) {
            printInfo("Excluded %,d %s".formatted(count, subject));
        }
    }

    /// Prints to standard error, because standard output contains only the result.
    private void printInfo(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    private void print(Evaluation evaluation) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("users", evaluation.users());
        object.putAll(evaluation.metrics());
        PrintWriter out = spec.commandLine().getOut();
        out.println(new JsonMapper().writeValueAsString(object));
        out.flush();
    }
}
