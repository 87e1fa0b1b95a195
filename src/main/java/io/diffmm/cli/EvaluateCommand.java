package io.diffmm.cli;

import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOutReader;
import io.diffmm.datasets.HeldOutUser;
import io.diffmm.datasets.Histories;
import io.diffmm.datasets.HistoryReader;
import io.diffmm.datasets.reading.InteractionsFile.Histories;
import io.diffmm.datasets.reading.InteractionsFile;
import io.diffmm.evaluation.Evaluation;
import io.diffmm.evaluation.Evaluator.Evaluation;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.evaluation.ModelRanker;
import io.diffmm.evaluation.Popularity;
import io.diffmm.evaluation.Ranker.ModelRanker;
import io.diffmm.evaluation.Ranker;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.Recommender;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ViewBlends;
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

/// `evaluate`: measures a published model on a held-out file, by full ranking.
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Measures a published model on a held-out file and prints one JSON object.",
            "Histories are those of the dataset's train file; they, and the items of --exclude, are not ranked.",
            "Users whom the model does not know are ranked from their history alone; without one, by popularity."
        })
public final class EvaluateCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--artifact",
            required = true,
            paramLabel = "DIR",
            description = "Directory of a version, or its parent, which means the current version.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path artifact;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the dataset.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path data;

    @Option(names = "--test", required = true, paramLabel = "FILE", description = "Held-out interactions.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path test;

    @Option(
            names = "--exclude",
            paramLabel = "FILE",
            description = "Interactions that are not ranked either, say valid.csv; may be given several times.")
    private List<Path> excluded = new ArrayList<>();

    @Option(
            names = "--k",
            split = ",",
            defaultValue = "10,20",
            paramLabel = "K",
            description = "Cutoffs (default: ${DEFAULT-VALUE}).")
    private List<Integer> cutoffs = List.of();

    @Option(
            names = "--view",
            paramLabel = "NAME",
            description = "Measure one of the model's views alone, say linear (default: the blend that users get).")
    private @Nullable String view;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu, gpu or gpu:N (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String device;

    @Override
    public Integer call() {
        if (cutoffs.stream().anyMatch(cutoff -> cutoff < 1)) {
            throw new ParameterException(spec.commandLine(), "--k takes positive numbers, not " + cutoffs);
        }
        try {
            DeviceChoice.parse(device);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Path version = ArtifactLocator.resolve(artifact, Optional.empty());
        try (LoadedModel model = LoadedModel.open(version, device, SearchSettings.usual())) {
            print(evaluate(model));
        }
        return 0;
    }

    private Evaluation evaluate(LoadedModel model) {
        Histories histories = InteractionsFile.histories(data, model.contents().items());
        Map<String, BitSet> seen = seen(model, histories);
        Function<HeldOutUser, BitSet> left = user -> seen.getOrDefault(user.id(), new BitSet());
        HeldOut heldOut = InteractionsFile.heldOut(
                        test, model.contents().users()::row, model.contents().items())
                .withoutSeen(user -> left.apply(user).stream().toArray());
        warn(histories.unknownItems(), "interactions of the dataset's train file are of items the model does not know");
        warn(heldOut.unknownItems(), "held-out interactions are of items the model does not know");
        warn(heldOut.alreadySeen(), "held-out interactions are of items that the user had before");
        Popularity popularity = new Popularity(model.contents().histories().columnCounts());
        Evaluator evaluator = new Evaluator(heldOut, left, cutoffs);
        say("popularity, the baseline: %s"
                .formatted(evaluator.evaluate(popularity).metrics()));
        Function<Recommender, Ranker> ranker =
                recommender -> new ModelRanker(recommender, user -> histories.of(user.id()), popularity);
        if (view == null) {
            return evaluator.evaluate(ranker.apply(model.recommender()));
        }
        try (BlendedRecommender alone = model.recommender().with(blend(model.recommender(), view))) {
            return evaluator.evaluate(ranker.apply(alone));
        }
    }

    private Blend blend(BlendedRecommender model, String name) {
        Map<String, Blend> views = ViewBlends.of(model);
        return Optional.ofNullable(views.get(name))
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "the model has no view '%s'; it has %s".formatted(name, views.keySet())));
    }

    /// The items that are not ranked, by user.
    private Map<String, BitSet> seen(LoadedModel model, Histories histories) {
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

    private void warn(int count, String what) {
        if (count > 0) {
            say("left out: %,d %s".formatted(count, what));
        }
    }

    /// Tells a person something; standard output is for the result alone.
    private void say(String line) {
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
