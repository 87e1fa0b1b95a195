package io.diffmm.cli;

import io.diffmm.artifacts.BucketPublisher;
import io.diffmm.artifacts.BucketUrl;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.training.QualityGate.UnpublishedException;
import io.diffmm.training.StopSignal;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainerFamily;
import io.diffmm.training.TrainingJob;
import io.diffmm.training.TrainingRequest;
import io.diffmm.training.TrainingRequest.GateSettings;
import io.diffmm.training.TrainingRequest.SearchRequest;
import java.io.Console;
import java.io.UncheckedIOException;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `train`: rebuilds a model from a dataset and publishes it.
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Trains a model on a dataset, measures it on valid, and publishes the best epoch.",
            "The dataset is a folder, the live interactions that a server has stored, or both."
        })
public final class TrainCommand implements Callable<Integer> {

    /// How long a signal waits for the present step to end.
    private static final long STOP_SECONDS = 60;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private final DataOptions data = new DataOptions();

    @Option(
            names = "--model",
            defaultValue = "diffmm",
            completionCandidates = Families.class,
            description = "What to train: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String model;

    @Option(
            names = "--artifacts",
            required = true,
            paramLabel = "DIR|URL",
            description = "Where models are published, as DIR/NAME/VERSION; or s3://BUCKET/PREFIX.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String artifacts;

    @Mixin
    private final BucketOptions bucket = new BucketOptions();

    @Option(
            names = "--name",
            description = "Name to publish under (default: the name of the dataset's folder; required without one).")
    private @Nullable String name;

    @Option(names = "--epochs", paramLabel = "N", description = "Epochs at most (default: as the settings say).")
    private @Nullable Integer epochs;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "421", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "YAML file of settings, or the name of one of the model's presets (docs/training.md); by default its first.")
    private @Nullable String config;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu, gpu or gpu:N (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String device;

    @Option(names = "--resume", description = "Go on from the checkpoint of a run that was interrupted.")
    private boolean resume;

    @Option(
            names = "--index-from",
            paramLabel = "N",
            description = "Build an index where there are so many items or more (default: ${DEFAULT-VALUE}).")
    private int indexFrom = SearchSettings.INDEX_FROM;

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            defaultValue = "${sys:diffmm.training.tolerance:-${env:DIFFMM_TRAINING_TOLERANCE:-0.002}}",
            description = {
                "How much lower than the current version's NDCG@20 on valid may be for publishing (default: 0.002).",
                "Also as the property diffmm.training.tolerance or the variable DIFFMM_TRAINING_TOLERANCE."
            })
    private double tolerance = GateSettings.TOLERANCE;

    @Option(
            names = "--force",
            description =
                    "Publish a model that is worse than the current one, or than popularity; the manifest says so.")
    private boolean force;

    @Option(
            names = "--beside",
            paramLabel = "DIR",
            description = {
                "A published version, or its parent, of another model trained on the same data, whose views join the blend;",
                "may be given several times."
            })
    private List<Path> beside = new ArrayList<>();

    @ArgGroup(exclusive = false)
    private @Nullable Search search;

    /// What can be trained.
    static final class Families implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return TrainerFamily.all().stream().map(TrainerFamily::name).iterator();
        }
    }

    /// A search for better settings.
    static final class Search {

        @Option(
                names = "--search",
                required = true,
                paramLabel = "DURATION",
                converter = DurationConverter.class,
                description = {
                    "Look for better settings for so long, by their rankings of valid, and train with the best: 2h, 30m.",
                    "They are left in DIR/NAME/search.yaml, all trials in DIR/NAME/search.json."
                })
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Duration bound;

        @Option(
                names = "--search-space",
                paramLabel = "FILE",
                description = "YAML file of the values to choose from (default: the family's own).")
        private @Nullable Path space;

        SearchRequest request() {
            return new SearchRequest(bound, Optional.ofNullable(space));
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
            run(job, request);
            return 0;
        } catch (TrainingStoppedException e) {
            System.err.println("error: " + e.getMessage()); // before the hook lets the process end
            return 1;
        } catch (OutOfMemoryError e) {
            System.err.println("error: out of memory (%s); give java a larger -Xmx, and go on with --resume"
                    .formatted(e.getMessage()));
            return 1;
        } finally {
            finished.countDown();
        }
    }

    private void run(TrainingJob job, TrainingRequest request) {
        if (!BucketUrl.isMeant(artifacts)) {
            job.run();
            return;
        }
        try (var publisher = new BucketPublisher(
                BucketUrl.parse(artifacts), request.modelName(), bucket.settings(System.getenv()))) {
            publisher.prepare();
            System.out.println("uploaded to " + publisher.publish(trained(job, publisher)));
        }
    }

    /// What is not published is uploaded, too: nobody may come back to this machine.
    private static Path trained(TrainingJob job, BucketPublisher publisher) {
        try {
            return job.run();
        } catch (UnpublishedException e) {
            keep(e.candidate(), publisher);
            throw e;
        }
    }

    private static void keep(Path candidate, BucketPublisher publisher) {
        try {
            System.out.println("uploaded to " + publisher.keepUnpublished(candidate));
        } catch (UncheckedIOException e) {
            System.err.println("error: " + e.getMessage()); // beside the reason why it is not published
        }
    }

    /// Where models are published on this machine.
    private Path directory() {
        return BucketUrl.isMeant(artifacts)
                ? BucketPublisher.directory(BucketUrl.parse(artifacts), bucket.settings(System.getenv()))
                : Path.of(artifacts);
    }

    private <T> T checked(Supplier<T> making) {
        try {
            return making.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private TrainingRequest request() {
        return new TrainingRequest(
                data.source(System.getenv()),
                model,
                directory(),
                Optional.ofNullable(name),
                epochs == null ? OptionalInt.empty() : OptionalInt.of(epochs),
                seed,
                Optional.ofNullable(config),
                device,
                resume,
                indexFrom,
                new GateSettings(tolerance, force),
                beside,
                Optional.ofNullable(search).map(Search::request));
    }

    /// Runs when the process is told to end: the run stops after its present step, with its checkpoint whole.
    private static void stopAndWait(StopSignal stop, CountDownLatch finished) {
        stop.request();
        try {
            if (!finished.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("error: training did not stop within %d s".formatted(STOP_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
