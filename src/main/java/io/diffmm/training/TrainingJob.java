package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.DatasetCounts.LiveCounts;
import io.diffmm.datasets.reading.DatasetReader;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.training.ModelAssembler.AssembledModel;
import io.diffmm.training.SeedTraining.TrainedSeed;
import io.diffmm.training.search.SearchSpace;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Training job: reads a dataset, optionally searches for better settings, trains, evaluates the best epoch on `valid`,
/// and publishes it if it passes the quality gate.
public final class TrainingJob {

    private final TrainingRequest request;
    private final TrainerFamily<?> family;
    private final JobSettings initial;
    private final Optional<SearchSpace> space;
    private final PrintStream out;
    private final StopSignal stop;
    private final boolean terminal;

    /// Creates a job and validates its settings.
    ///
    /// @param out output for progress lines
    /// @param terminal true if `out` is an interactive terminal, which gets a progress bar
    /// @throws IllegalArgumentException naming the invalid setting or preset
    public TrainingJob(TrainingRequest request, PrintStream out, StopSignal stop, boolean terminal) {
        this.request = request;
        this.family = TrainerFamily.named(request.family());
        this.initial = JobSettings.of(request, family);
        this.space = request.search()
                .map(search -> SettingsFile.searchSpace(search.space(), family.name(), initial.tree()))
                .map(values -> new SearchSpace(values, initial.tree()));
        this.out = out;
        this.stop = stop;
        this.terminal = terminal;
    }

    /// Runs the job.
    ///
    /// @return directory of the published version
    /// @throws TrainingStoppedException if a stop is requested; the checkpoint contains the finished epochs
    /// @throws UnpublishedException if the model fails the quality gate
    public Path run() {
        StageProfiler stages = new StageProfiler();
        Dataset dataset = stages.time("read the data", () -> DatasetReader.read(request.data()));
        Validation validation = Validation.of(dataset);
        List<ModelFiles.Member> ensemble = EnsembleMembers.read(request.ensemble(), dataset, family.name());
        out.println(describe(dataset.notes()));
        Checkpoint checkpoint = new Checkpoint(request.modelDirectory());
        try (NDManager manager = DeviceChoice.parse(request.device()).newManager()) {
            return run(new TrainingContext(
                    request, family, ensemble, dataset, validation, checkpoint, stages, out, stop, terminal, manager));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the checkpoint or artifact: " + e.getMessage(), e);
        }
    }

    private Path run(TrainingContext context) throws IOException {
        TrainingRun run = open(initial, context); // rejects unsuitable data before anything is written
        try (var _ = context.checkpoint().lock()) {
            if (space.isEmpty()) {
                return publish(initial, run, context);
            }
            run.close();
            JobSettings found = context.stages().time("search", () -> search(space.get(), context));
            return publish(found, open(found, context), context);
        }
    }

    private TrainingRun open(JobSettings settings, TrainingContext context) {
        settings.views().requireKnown(views(settings, context));
        settings.views().folds().of(context.dataset(), !context.ensemble().isEmpty());
        return settings.open(context.dataset(), request.seed(), context.manager());
    }

    /// Returns the names of all views that can join the blend, except the linear one.
    private static List<String> views(JobSettings settings, TrainingContext context) {
        Stream<String> others = context.ensemble().stream()
                .flatMap(member -> EnsembleMembers.views(member, context.dataset()).stream());
        return Stream.concat(settings.names(context.dataset()).stream(), others).toList();
    }

    private JobSettings search(SearchSpace searched, TrainingContext context) throws IOException {
        Duration budget = request.search().orElseThrow().budget();
        return new HyperparameterSearch(context, budget).search(searched);
    }

    private Path publish(JobSettings settings, TrainingRun run, TrainingContext context) throws IOException {
        List<TrainedSeed> trained = new SeedTraining(context, settings).train(run);
        AssembledModel model = new ModelAssembler(context, settings)
                .assemble(trained.stream().map(TrainedSeed::member).toList());
        OfflineEvaluation evaluation = new OfflineEvaluation(context);
        evaluation.measureModel(model.files(), model.search().outOfFold(), bestEpochs(trained, model.files()));
        evaluation.measureBaselines(settings.views().linear());
        evaluation.compareWithCurrentVersion();
        Path published = new ModelPublisher(context, settings).publish(trained, model, evaluation);
        context.checkpoint().delete();
        out.println("published %s".formatted(published));
        return published;
    }

    private static String bestEpochs(List<TrainedSeed> trained, ModelFiles files) {
        List<String> epochs = trained.stream()
                .filter(seed -> seed.isIn(files))
                .map(seed -> String.valueOf(seed.result().best().number()))
                .toList();
        return epochs.size() == 1
                ? "best epoch " + epochs.getFirst()
                : "best epochs %s of %d seeds".formatted(String.join(", ", epochs), epochs.size());
    }

    private static String describe(DatasetCounts notes) {
        String all =
                "%,d users, %,d items, %,d interactions to train on, %,d to validate on; left out: %,d duplicates, %,d with unknown items, %,d of valid that are already in train"
                        .formatted(
                                notes.users(),
                                notes.items(),
                                notes.trainInteractions(),
                                notes.validInteractions(),
                                notes.duplicates(),
                                notes.validUnknownItems(),
                                notes.validAlreadyInTrain());
        return notes.live().map(live -> all + describe(live)).orElse(all);
    }

    private static String describe(LiveCounts live) {
        return "; live: %,d interactions; left out: %,d with unknown items, and from the files %,d that were removed since and %,d of users who were erased since"
                .formatted(live.interactions(), live.unknownItems(), live.removed(), live.erased());
    }
}
