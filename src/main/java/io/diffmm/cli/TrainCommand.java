package io.diffmm.cli;

import io.diffmm.cli.TimeConverters.DurationConverter;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.training.StopSignal;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingJob;
import io.diffmm.training.TrainingRequest;
import io.diffmm.training.TrainingRequest.GateSettings;
import io.diffmm.training.TrainingRequest.SearchRequest;
import java.io.Console;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Subcommand `train`: trains a model on a dataset and publishes it.
@Command(
        name = "train",
        versionProvider = Commands.Version.class,
        mixinStandardHelpOptions = true,
        description = {
            "Trains a model, evaluates it on the validation data and publishes the best epoch.",
            "The dataset is a directory, the live interactions stored by a server, or both."
        })
public final class TrainCommand implements Callable<Integer> {

    /// Time that the process has after a signal to complete the current step, in seconds.
    private static final long STOP_SECONDS = 60;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final DataOptions data = new DataOptions();

    @Mixin
    private final ArtifactOptions artifacts = new ArtifactOptions();

    @Option(
            names = "--model",
            defaultValue = "diffmm",
            completionCandidates = Families.class,
            description = "Model family: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String model;

    @Option(
            names = "--name",
            description = "Name of the model (default: name of the dataset directory; required without a directory).")
    private @Nullable String name;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Maximum number of epochs (default: from the settings).")
    private @Nullable Integer epochs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "421",
            description =
                    "Seed of the random number generators; of the first member of an ensemble (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file of settings, or name of a preset of the model family, see docs/training.md "
                    + "(default: the first preset).")
    private @Nullable String config;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "Device: auto, cpu, gpu or gpu:N (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String device;

    @Option(names = "--resume", description = "Resume an interrupted training job from its checkpoint.")
    private boolean resume;

    @Option(
            names = "--index-from",
            paramLabel = "N",
            description =
                    "Minimum number of items for which an approximate index is built (default: ${DEFAULT-VALUE}).")
    private int indexFrom = SearchSettings.INDEX_FROM;

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            defaultValue = "${sys:diffmm.training.tolerance:-${env:DIFFMM_TRAINING_TOLERANCE:-0.002}}",
            description =
                    "Decrease of NDCG@20 on the validation data, compared with the current version, that is always accepted; "
                            + "a larger one is refused only if the 95 %% interval of the paired difference is below zero "
                            + "(default: 0.002). System property: diffmm.training.tolerance. Environment variable: "
                            + "DIFFMM_TRAINING_TOLERANCE.")
    private double tolerance = GateSettings.TOLERANCE;

    @Option(
            names = "--force",
            description =
                    "Publish the model even if it is worse than the current version or than the popularity baseline. "
                            + "The manifest records the override.")
    private boolean force;

    @Mixin
    private final Ensemble ensemble = new Ensemble();

    @ArgGroup(exclusive = false)
    private @Nullable Search search;

    /// Names of all model families.
    static final class Families implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return TrainerFamily.all().stream().map(TrainerFamily::name).iterator();
        }
    }

    /// Option `--ensemble`: a number of seeds, and directories of published models.
    static final class Ensemble {

        private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d*)?");

        @Option(
                names = "--ensemble",
                paramLabel = "N|DIR",
                description =
                        "Members of the ensemble; repeatable. N: train the model with N seeds (1 to 10), one after the "
                                + "other, and join them. DIR: add a published model of another family, trained on the same data; "
                                + "a version, or a model, which selects its current version. Their views join the blend; those of all "
                                + "N seeds only if they rank better on the validation data, and on the folds if there are any, than "
                                + "the first alone.")
        private List<String> values = new ArrayList<>();

        List<Path> models() {
            return values.stream()
                    .filter(value -> !NUMBER.matcher(value).matches())
                    .map(Path::of)
                    .toList();
        }

        int seeds() {
            List<String> numbers = values.stream()
                    .filter(value -> NUMBER.matcher(value).matches())
                    .toList();
            if (numbers.size() > 1) {
                throw new IllegalArgumentException(
                        "--ensemble is given several numbers of seeds, %s; give one".formatted(numbers));
            }
            return numbers.stream().findFirst().map(Ensemble::seeds).orElse(1);
        }

        private static int seeds(String number) {
            try {
                return Integer.parseInt(number);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "--ensemble is %s; need a whole number of seeds, or the directory of a published model (./%1$s for one of that name)"
                                .formatted(number),
                        e);
            }
        }
    }

    /// Options of the hyper-parameter search.
    static final class Search {

        @Option(
                names = "--search",
                required = true,
                paramLabel = "DURATION",
                converter = DurationConverter.class,
                description =
                        "Time budget for hyper-parameter search on the validation data, for example 2h or 30m; then trains with "
                                + "the best result. Writes the best settings to DIR/NAME/search.yaml, all trials to DIR/NAME/search.json.")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Duration budget;

        @Option(
                names = "--search-space",
                paramLabel = "FILE",
                description = "YAML file of the search space (default: the one of the model family).")
        private @Nullable Path space;

        SearchRequest request() {
            return new SearchRequest(budget, Optional.ofNullable(space));
        }
    }

    @Override
    public Integer call() {
        StopSignal stop = new StopSignal();
        TrainingRequest request = checked(this::request);
        TrainingJob job = checked(() -> new TrainingJob(request, System.out, stop, isTerminal()));
        CountDownLatch finished = new CountDownLatch(1);
        Thread hook = Thread.ofPlatform().unstarted(() -> stopAndWait(stop, finished));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            artifacts.publish(request.modelName(), job::run, System.getenv());
            return 0;
        } catch (TrainingStoppedException e) {
            System.err.println("error: " + e.getMessage()); // before the shutdown hook lets the process end
            return 1;
        } catch (OutOfMemoryError e) {
            System.err.println("error: out of memory (%s); increase the heap size (-Xmx) and continue with --resume"
                    .formatted(e.getMessage()));
            return 1;
        } finally {
            finished.countDown();
        }
    }

    private <T> T checked(Supplier<T> supplier) {
        try {
            return supplier.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private TrainingRequest request() {
        return new TrainingRequest(
                data.source(System.getenv()),
                model,
                artifacts.directory(System.getenv()),
                Optional.ofNullable(name),
                epochs == null ? OptionalInt.empty() : OptionalInt.of(epochs),
                seed,
                Optional.ofNullable(config),
                device,
                resume,
                indexFrom,
                new GateSettings(tolerance, force),
                ensemble.seeds(),
                ensemble.models(),
                Optional.ofNullable(search).map(Search::request));
    }

    /// Shutdown hook: stops training after the current step, with a complete checkpoint, and waits for the end.
    private static void stopAndWait(StopSignal stop, CountDownLatch finished) {
        stop.request();
        try {
            if (!finished.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("error: training did not stop within %d seconds".formatted(STOP_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
