package io.diffmm.training;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.training.AdamOptimiser.TrainingDivergedException;
import io.diffmm.training.ModelAssembler.AssembledModel;
import io.diffmm.training.ModelAssembler.TrainedMember;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainingLoop.Epoch;
import io.diffmm.training.search.SearchFiles;
import io.diffmm.training.search.SearchFiles.SearchRecord;
import io.diffmm.training.search.SearchSpace;
import io.diffmm.training.search.Trials;
import io.diffmm.training.search.Trials.TimeBudget;
import io.diffmm.training.search.Trials.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Random hyper-parameter search on `valid` within a time budget. The first trial uses the settings as given.
///
/// Each trial trains as a normal run does, and is scored by the blend that it would publish. `search.json` and
/// `search.yaml` are replaced after each trial, so a stopped search keeps its results.
///
/// Memory: everything that a trial allocates is freed when the trial ends.
final class HyperparameterSearch {

    private final TrainingContext context;
    private final Duration time;
    private final TimeBudget budget;
    private final Path directory;
    private final Path scratch;
    private final Checkpoint checkpoint;
    private final SearchFiles files;
    private final Trials trials = new Trials();
    private Optional<JobSettings> best = Optional.empty();

    /// Creates a search whose time budget starts immediately.
    HyperparameterSearch(TrainingContext context, Duration time) {
        this.context = context;
        this.time = time;
        this.budget = new TimeBudget(time, System::nanoTime);
        this.directory = context.request().modelDirectory();
        this.scratch = directory.resolve(".search");
        this.checkpoint = new Checkpoint(scratch);
        this.files = new SearchFiles(directory);
    }

    /// Runs trials until the budget or the search space is exhausted, and returns the best settings.
    ///
    /// @throws TrainingStoppedException if a stop is requested
    /// @throws IllegalStateException if no trial has a score
    JobSettings search(SearchSpace space) throws IOException {
        SearchSpace.Sampler sampler =
                new SearchSpace.Sampler(space, context.request().seed());
        try {
            Optional<SearchSpace.Sample> next = sampler.next();
            while (next.isPresent() && (trials.all().isEmpty() || budget.fits(trials.medianSeconds()))) {
                add(trial(next.get()), next.get());
                next = sampler.next();
            }
        } finally {
            checkpoint.delete();
            Files.deleteIfExists(scratch);
        }
        return conclude();
    }

    private Trial trial(SearchSpace.Sample sample) throws IOException {
        long start = System.nanoTime();
        checkpoint.delete();
        Outcome outcome = outcome(sample);
        List<Trial.Point> curve = checkpoint
                .read(Map.of())
                .map(reached -> points(reached.curve()))
                .orElse(List.of());
        return new Trial(
                trials.all().size() + 1,
                sample.changes(),
                curve,
                outcome.score(),
                (System.nanoTime() - start) / 1e9,
                outcome.ending(),
                outcome.reason());
    }

    private Outcome outcome(SearchSpace.Sample sample) throws IOException {
        try (NDManager manager = context.manager().newSubManager()) {
            TrainingContext trial = context.quiet(checkpoint, manager);
            JobSettings settings =
                    JobSettings.of(sample.settings(), context.request().epochs(), context.family());
            Trial.Ending ending = train(settings, trial);
            OptionalDouble score = ending == Trial.Ending.PRUNED ? OptionalDouble.empty() : blended(settings, trial);
            return new Outcome(ending, score, Optional.empty());
        } catch (TrainingStoppedException _) {
            throw new TrainingStoppedException("the search was stopped after %d trials; their results are in %s"
                    .formatted(trials.all().size(), directory));
        } catch (IllegalArgumentException | TrainingDivergedException | EngineException | OutOfMemoryError e) {
            return new Outcome(
                    Trial.Ending.FAILED, OptionalDouble.empty(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private Trial.Ending train(JobSettings settings, TrainingContext trial) throws IOException {
        TrainerFamily.Schedule schedule = settings.schedule();
        EarlyEnd end = new EarlyEnd();
        try (TrainingRun run =
                settings.open(context.dataset(), context.request().seed(), trial.manager())) {
            new TrainingLoop(run, checkpoint, Map.of(), trial.manager(), context.validation()::measure)
                    .train(schedule, Optional.empty(), end::afterEpoch, reporters(run, schedule, end, trial));
            return end.pruned ? Trial.Ending.PRUNED : Trial.Ending.FINISHED;
        } catch (TrainingStoppedException e) {
            if (context.stop().requested()) {
                throw e;
            }
            return Trial.Ending.OUT_OF_TIME;
        }
    }

    private static TrainingLoop.ProgressFactory reporters(
            TrainingRun run, TrainerFamily.Schedule schedule, EarlyEnd end, TrainingContext trial) {
        return finished -> new ProgressReporter(
                "", trial.out(), end::afterStep, trial.terminal(), run::steps, schedule.epochs(), finished);
    }

    /// Returns the score that the quality gate would measure with the weights of the best epoch; empty if no epoch was
    /// measured.
    private OptionalDouble blended(JobSettings settings, TrainingContext trial) throws IOException {
        int bestEpoch = checkpoint.read(Map.of()).orElseThrow().bestEpoch();
        if (bestEpoch == 0) {
            return OptionalDouble.empty();
        }
        AssembledModel assembled = new ModelAssembler(trial, settings.withoutFolds())
                .assemble(
                        List.of(new TrainedMember(context.request().seed(), bestEpoch, checkpoint.weights(bestEpoch))));
        try (BlendedRecommender model = assembled.files().load(trial.manager())) {
            return OptionalDouble.of(
                    context.validation().measure(model).metrics().getOrDefault(QualityGate.METRIC, 0.0));
        }
    }

    private static List<Trial.Point> points(List<Epoch> curve) {
        return curve.stream()
                .filter(epoch -> epoch.score().isPresent())
                .map(epoch -> new Trial.Point(epoch.number(), epoch.valid().getOrDefault(QualityGate.METRIC, 0.0)))
                .toList();
    }

    private void add(Trial trial, SearchSpace.Sample sample) throws IOException {
        trials.add(trial);
        if (trials.best().equals(Optional.of(trial))) {
            best = Optional.of(
                    JobSettings.of(sample.settings(), context.request().epochs(), context.family()));
        }
        files.write(
                new SearchRecord(
                        SearchRecord.FORMAT_VERSION,
                        context.dataset().fingerprint(),
                        context.request().seed(),
                        time.toMillis() / 1e3,
                        trials.best().map(Trial::number),
                        trials.all()),
                best.map(settings -> SettingsFile.complete(settings.tree())));
        context.out().println(trial.line());
    }

    private JobSettings conclude() {
        Trial found = trials.best()
                .orElseThrow(() -> new IllegalStateException("none of %d trials has a score; %s contains the reasons"
                        .formatted(trials.all().size(), files.trials())));
        context.out()
                .println(String.format(
                        Locale.ROOT,
                        "best of %d trials is trial %d, valid ndcg@20 %.4f; its settings are in %s",
                        trials.all().size(),
                        found.number(),
                        found.score().orElseThrow(),
                        files.settings()));
        context.out()
                .println("the maximum over many trials overestimates; measure once on a test split, with evaluate");
        context.out()
                .println("training with the best settings; after an interruption, resume with --config %s --resume"
                        .formatted(files.settings()));
        return best.orElseThrow();
    }

    /// Result of a trial.
    private record Outcome(Trial.Ending ending, OptionalDouble score, Optional<String> reason) {}

    /// Conditions that end a trial before the end of its schedule.
    private final class EarlyEnd {

        private boolean measured;
        private boolean pruned;

        /// Returns true if the trial is pruned after an epoch.
        boolean afterEpoch(List<Epoch> curve) {
            List<Trial.Point> points = points(curve);
            measured = !points.isEmpty();
            pruned = trials.prunes(points);
            return pruned;
        }

        /// Returns true if the trial ends after a step. The first trial always gets time for its first measurement.
        boolean afterStep() {
            boolean mayEnd = measured || !trials.all().isEmpty();
            return context.stop().requested() || (mayEnd && budget.isOver());
        }
    }
}
