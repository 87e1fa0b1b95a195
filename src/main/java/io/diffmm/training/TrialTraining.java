package io.diffmm.training;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.training.search.Draw;
import io.diffmm.training.search.TimeBound;
import io.diffmm.training.search.Trial;
import io.diffmm.training.search.Trial.Ending;
import io.diffmm.training.search.Trials;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Trains the trials of a search, each as a run would, and measures the blend that it would publish.
///
/// Memory: what a trial allocates is freed when it is over, however it ends.
final class TrialTraining {

    private final Job job;
    private final Checkpoint scratch;

    /// @param scratch holds the trial at work
    TrialTraining(Job job, Checkpoint scratch) {
        this.job = job;
        this.scratch = scratch;
    }

    /// How a trial ended, with what.
    private record Outcome(Ending ending, OptionalDouble score, Optional<String> reason) {}

    /// Trains with the settings that were drawn.
    ///
    /// @param earlier trials
    /// @throws TrainingStoppedException if the stop signal came
    Trial train(Draw draw, Trials earlier, TimeBound bound) throws IOException {
        long start = System.nanoTime();
        scratch.delete();
        Outcome outcome = outcome(draw, new Watch(earlier, bound));
        List<Trial.Point> curve =
                scratch.read(Map.of()).map(reached -> points(reached.curve())).orElse(List.of());
        return new Trial(
                earlier.all().size() + 1,
                draw.changes(),
                curve,
                outcome.score(),
                (System.nanoTime() - start) / 1e9,
                outcome.ending(),
                outcome.reason());
    }

    private Outcome outcome(Draw draw, Watch watch) throws IOException {
        try (NDManager manager = job.manager().newSubManager()) {
            Job trial = job.quietly(scratch, manager);
            JobSettings settings = JobSettings.of(draw.settings(), job.request().epochs(), job.family());
            Ending ending = train(settings, watch, trial);
            OptionalDouble score = ending == Ending.PRUNED ? OptionalDouble.empty() : blended(settings, trial);
            return new Outcome(ending, score, Optional.empty());
        } catch (IllegalArgumentException | TrainingDivergedException | EngineException | OutOfMemoryError e) {
            return new Outcome(Ending.FAILED, OptionalDouble.empty(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private Ending train(JobSettings settings, Watch watch, Job trial) throws IOException {
        TrainerFamily.Schedule schedule = settings.schedule();
        try (TrainingRun run = settings.open(job.dataset(), job.request().seed(), trial.manager())) {
            new TrainingLoop(run, scratch, Map.of(), trial.manager(), job.validation()::measure)
                    .train(
                            schedule,
                            Optional.empty(),
                            watch::endsAfter,
                            finished -> new Progress(
                                    trial.out(),
                                    watch::endsNow,
                                    trial.terminal(),
                                    run.stepsPerEpoch(),
                                    schedule.epochs(),
                                    finished));
            return watch.pruned ? Ending.PRUNED : Ending.FINISHED;
        } catch (TrainingStoppedException e) {
            if (job.stop().requested()) {
                throw e;
            }
            return Ending.OUT_OF_TIME;
        }
    }

    /// What the gate would measure, with the weights of the best epoch; nothing if none was finished.
    private OptionalDouble blended(JobSettings settings, Job trial) throws IOException {
        int best = scratch.read(Map.of()).orElseThrow().bestEpoch();
        if (best == 0) {
            return OptionalDouble.empty();
        }
        Blending.Blended blended = new Blending(trial, settings).complete(scratch.weightsOf(best));
        try (BlendedRecommender model = blended.files().load(trial.manager())) {
            return OptionalDouble.of(job.validation().measure(model).metrics().getOrDefault(Gate.METRIC, 0.0));
        }
    }

    private static List<Trial.Point> points(List<Epoch> curve) {
        return curve.stream()
                .filter(epoch -> epoch.score().isPresent())
                .map(epoch -> new Trial.Point(epoch.number(), epoch.valid().getOrDefault(Gate.METRIC, 0.0)))
                .toList();
    }

    /// Says when a trial ends early.
    private final class Watch {

        private final Trials earlier;
        private final TimeBound bound;
        private boolean measured;
        private boolean pruned;

        Watch(Trials earlier, TimeBound bound) {
            this.earlier = earlier;
            this.bound = bound;
        }

        /// Between two epochs.
        boolean endsAfter(List<Epoch> curve) {
            List<Trial.Point> points = points(curve);
            measured = !points.isEmpty();
            pruned = earlier.prune(points);
            return pruned;
        }

        /// Between two steps; the first trial has time for its first measurement.
        boolean endsNow() {
            boolean mayEnd = measured || !earlier.all().isEmpty();
            return job.stop().requested() || (mayEnd && bound.isOver());
        }
    }
}
