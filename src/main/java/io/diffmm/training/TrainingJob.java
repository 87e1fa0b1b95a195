package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetNotes;
import io.diffmm.datasets.DatasetNotes.LiveNotes;
import io.diffmm.datasets.reading.DatasetReader;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.training.search.SearchSpace;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The training job: reads a dataset, searches for better settings if it was asked to, trains, measures on its `valid`
/// split beside baselines, and publishes the best epoch if it is good enough.
public final class TrainingJob {

    private final TrainingRequest request;
    private final TrainerFamily family;
    private final JobSettings given;
    private final Optional<SearchSpace> space;
    private final PrintStream out;
    private final StopSignal stop;
    private final boolean terminal;

    /// A job.
    ///
    /// @param out receives lines for a person to read
    /// @param terminal whether somebody watches, so that a progress bar makes sense
    /// @throws IllegalArgumentException naming the setting or preset that is wrong
    public TrainingJob(TrainingRequest request, PrintStream out, StopSignal stop, boolean terminal) {
        this.request = request;
        this.family = TrainerFamily.named(request.family());
        this.given = JobSettings.of(request, family);
        this.space = request.search()
                .map(search -> SettingsFile.searchSpace(search.space(), family.name()))
                .map(values -> new SearchSpace(values, given.tree()));
        this.out = out;
        this.stop = stop;
        this.terminal = terminal;
    }

    /// Runs the job.
    ///
    /// @return the directory of the published version
    /// @throws TrainingStoppedException if the stop signal came; what was finished is in the checkpoint
    /// @throws UnpublishedException if the model is not good enough
    public Path run() {
        StageClock clock = new StageClock();
        Dataset dataset = clock.time("read the data", () -> DatasetReader.read(request.data()));
        Validation validation = Validation.of(dataset);
        List<ModelFiles.Member> beside = Beside.read(request.beside(), dataset, family.name());
        out.println(describe(dataset.notes()));
        Checkpoint checkpoint = checkpoint();
        try (NDManager manager = DeviceChoice.parse(request.device()).newManager()) {
            Job job = new Job(
                    request, family, beside, dataset, validation, checkpoint, clock, out, stop, terminal, manager);
            TrainingRun run = open(given, job); // refuses unfit data before anything is written
            try (var _ = checkpoint.lock()) {
                if (space.isEmpty()) {
                    return publish(given, run, job);
                }
                run.close();
                JobSettings found = clock.time("search", () -> search(space.get(), job));
                return publish(found, open(found, job), job);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the checkpoint or artifact: " + e.getMessage(), e);
        }
    }

    private TrainingRun open(JobSettings settings, Job job) {
        settings.views().requireKnown(views(job));
        return family.open(job.dataset(), settings.family(), request.seed(), job.manager());
    }

    /// Every view that may have a part in the blend, beside the linear one.
    private List<String> views(Job job) {
        Stream<String> others = job.beside().stream().flatMap(member -> Beside.views(member, job.dataset()).stream());
        return Stream.concat(family.views(job.dataset()).stream(), others).toList();
    }

    private JobSettings search(SearchSpace searched, Job job) throws IOException {
        Duration bound = request.search().orElseThrow().bound();
        return new SettingsSearch(job).search(searched, bound);
    }

    private Path publish(JobSettings settings, TrainingRun run, Job job) throws IOException {
        TrainingLoop.Result result = job.clock().time("train", () -> train(settings, run, job));
        Path published = new Conclusion(job, settings).conclude(result);
        job.checkpoint().delete();
        out.println("published %s".formatted(published));
        return published;
    }

    private TrainingLoop.Result train(JobSettings settings, TrainingRun run, Job job) throws IOException {
        TrainerFamily.Schedule schedule = family.schedule(settings.family());
        Checkpoint checkpoint = job.checkpoint();
        Map<String, Object> identity = identity(settings, job.dataset());
        Optional<Checkpoint.Progress> from = request.resume() ? checkpoint.read(identity) : Optional.empty();
        if (request.resume()) {
            out.println(from.map(progress ->
                            "going on after epoch " + progress.curve().size())
                    .orElse("there is no checkpoint; starting at the beginning"));
        } else {
            checkpoint
                    .setAside()
                    .ifPresent(aside -> out.println(
                            "an earlier run did not publish; its checkpoint is now in %s until this one does"
                                    .formatted(aside)));
        }
        TrainingLoop loop = new TrainingLoop(run, checkpoint, identity, job.manager(), job.validation()::measure);
        try (run) {
            return loop.train(
                    schedule,
                    from,
                    _ -> false,
                    finished -> new Progress(
                            out, stop::requested, terminal, run.stepsPerEpoch(), schedule.epochs(), finished));
        }
    }

    private Checkpoint checkpoint() {
        return new Checkpoint(request.artifacts().resolve(request.modelName()));
    }

    /// What must be the same for `--resume`; the number of epochs may grow.
    private Map<String, Object> identity(JobSettings settings, Dataset dataset) {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("model", request.family());
        identity.put("dataset", dataset.fingerprint());
        identity.put("seed", request.seed());
        identity.put("settings", family.withEpochs(settings.family(), 1));
        return identity;
    }

    private static String describe(DatasetNotes notes) {
        String all =
                "%,d users, %,d items, %,d interactions to train on, %,d to validate on; left out: %,d duplicates, %,d of unknown items, %,d of valid that train has"
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

    private static String describe(LiveNotes live) {
        return "; live: %,d interactions, left out %,d more of unknown items, and of the files %,d taken back since and %,d of users erased since"
                .formatted(live.interactions(), live.unknownItems(), live.removed(), live.erased());
    }
}
