package io.diffmm.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.evaluation.Evaluator.Evaluation;
import io.diffmm.model.Recommender;
import io.diffmm.training.AdamOptimiser.TrainingDivergedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;

/// Epoch loop with early stopping: trains an epoch, measures it on `valid` if the schedule says so, keeps the best
/// weights, and saves a checkpoint.
final class TrainingLoop {

    private final TrainingRun run;
    private final Checkpoint checkpoint;
    private final Map<String, Object> identity;
    private final NDManager manager;
    private final DivergenceGuard guard;
    private final Function<Recommender, Evaluation> validation;

    /// Result of a finished loop.
    ///
    /// @param curve all epochs in order
    /// @param best epoch with the best score
    /// @param weights file with the weights of the best epoch
    /// @param candidates number of measured epochs that the best was chosen from
    record Result(List<Epoch> curve, Epoch best, Path weights, int candidates) {

        private static Result of(List<Epoch> curve, int best, Checkpoint checkpoint, TrainerFamily.Schedule schedule)
                throws IOException {
            long candidates = curve.stream()
                    .filter(epoch -> epoch.number() >= schedule.keptFrom()
                            && epoch.score().isPresent())
                    .count();
            return new Result(
                    List.copyOf(curve), curve.get(best - 1), checkpoint.weights(best), Math.max(1, (int) candidates));
        }
    }

    /// @param identity properties that identify the run in its checkpoint
    TrainingLoop(
            TrainingRun run,
            Checkpoint checkpoint,
            Map<String, Object> identity,
            NDManager manager,
            Function<Recommender, Evaluation> validation) {
        this.run = run;
        this.checkpoint = checkpoint;
        this.identity = identity;
        this.manager = manager;
        this.guard = new DivergenceGuard(run, manager);
        this.validation = validation;
    }

    /// Trains until the schedule ends or its patience is exhausted.
    ///
    /// @param from snapshot to resume from; the run starts at the beginning if absent
    /// @param ended condition that ends the loop early, evaluated between epochs
    /// @throws TrainingDivergedException if a loss grows, or a loss or a weight is not finite; the
    ///     checkpoint then contains the epochs before
    Result train(
            TrainerFamily.Schedule schedule,
            Optional<Checkpoint.Snapshot> from,
            Predicate<List<Epoch>> ended,
            ProgressFactory reporters)
            throws IOException {
        List<Epoch> curve = new ArrayList<>();
        EarlyStopping stopping = begin(curve, from, EarlyStopping.start(schedule.patience()));
        try (ProgressReporter progress = reporters.open(curve.size())) {
            while (curve.size() < schedule.epochs() && !ends(curve, stopping, schedule, ended)) {
                stopping = advance(curve, stopping, schedule, progress);
            }
        }
        if (stopping.bestEpoch() == 0) {
            stopping = measureLast(curve, stopping);
        }
        return Result.of(curve, stopping.bestEpoch(), checkpoint, schedule);
    }

    /// Returns the result of a run whose schedule has ended; empty if epochs remain.
    ///
    /// @param snapshot last state of the run
    static Optional<Result> finished(
            Checkpoint checkpoint, Checkpoint.Snapshot snapshot, TrainerFamily.Schedule schedule) throws IOException {
        List<Epoch> curve = snapshot.curve();
        if (snapshot.best().isEmpty()) {
            return Optional.empty();
        }
        var stopping = new EarlyStopping(schedule.patience(), snapshot.bestEpoch(), snapshot.bestScore());
        if (curve.size() < schedule.epochs() && !ends(curve, stopping, schedule, _ -> false)) {
            return Optional.empty();
        }
        return Optional.of(Result.of(curve, snapshot.bestEpoch(), checkpoint, schedule));
    }

    private EarlyStopping begin(List<Epoch> curve, Optional<Checkpoint.Snapshot> from, EarlyStopping start)
            throws IOException {
        if (from.isEmpty()) {
            save(curve, start);
            return start;
        }
        Checkpoint.Snapshot snapshot = from.get();
        curve.addAll(snapshot.curve());
        try (NDManager scope = manager.newSubManager()) {
            run.restore(checkpoint.readState(snapshot, scope));
        }
        return snapshot.best().isEmpty() ? start : start.after(snapshot.bestEpoch(), snapshot.bestScore());
    }

    private EarlyStopping advance(
            List<Epoch> curve, EarlyStopping before, TrainerFamily.Schedule schedule, ProgressReporter progress)
            throws IOException {
        int number = curve.size() + 1;
        boolean measured = number % schedule.interval() == 0 || number == schedule.epochs();
        Epoch epoch = epoch(number, curve, measured, progress);
        curve.add(epoch);
        EarlyStopping stopping = number < schedule.keptFrom() ? before : before.after(epoch);
        if (stopping.isBest(number)) {
            run.write(checkpoint.weights(number));
        }
        save(curve, stopping);
        progress.line(epoch.line(schedule.epochs()) + (stopping.isBest(number) ? "  *" : ""));
        return stopping;
    }

    /// Only a measured epoch can be the last one before the end of the schedule.
    private static boolean ends(
            List<Epoch> curve, EarlyStopping stopping, TrainerFamily.Schedule schedule, Predicate<List<Epoch>> ended) {
        boolean measured = !curve.isEmpty() && curve.getLast().score().isPresent();
        boolean stops = curve.size() >= schedule.keptFrom() && stopping.stopsAfter(curve.size());
        return measured && (stops || ended.test(curve));
    }

    /// Measures the last epoch if none is kept, which happens when a resumed run has no epoch left to
    /// train, or when training ends before the first epoch that may be kept.
    private EarlyStopping measureLast(List<Epoch> curve, EarlyStopping stopping) throws IOException {
        Epoch last = curve.removeLast();
        curve.add(new Epoch(last.number(), last.losses(), guard.measure(last.number(), this::measure), last.seconds()));
        EarlyStopping measured = stopping.after(curve.getLast());
        run.write(checkpoint.weights(last.number()));
        save(curve, measured);
        return measured;
    }

    private void save(List<Epoch> curve, EarlyStopping stopping) throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            NDList state = run.state(scope);
            checkpoint.write(identity, curve, stopping, state);
        }
    }

    private Epoch epoch(int number, List<Epoch> before, boolean measured, ProgressReporter progress) {
        long start = System.nanoTime();
        progress.start(number);
        guard.train(number, progress);
        Map<String, Double> losses = progress.finish();
        guard.requireNoGrowth(before.stream().map(Epoch::losses).toList(), losses);
        Map<String, Double> valid = measured ? guard.measure(number, this::measure) : Map.of();
        return new Epoch(number, losses, valid, (System.nanoTime() - start) / 1e9);
    }

    private Map<String, Double> measure() {
        try (Recommender recommender = run.recommender()) {
            return validation.apply(recommender).metrics();
        }
    }

    /// Creates the progress reporter of a run.
    @FunctionalInterface
    interface ProgressFactory {
        ProgressReporter open(int finishedEpochs);
    }

    /// Point of the learning curve.
    ///
    /// @param number number of the epoch, from 1
    /// @param losses mean loss of each stage
    /// @param valid metrics on the validation split; empty if the epoch was not measured
    /// @param seconds duration of training and measurement
    record Epoch(int number, Map<String, Double> losses, Map<String, Double> valid, double seconds) {

        private static final String SCORE = "recall@20";

        Epoch {
            if (!valid.isEmpty() && !valid.containsKey(SCORE)) {
                throw new IllegalArgumentException("epoch %d has no %s".formatted(number, SCORE));
            }
            losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
            valid = Collections.unmodifiableMap(new LinkedHashMap<>(valid));
        }

        /// Returns the score for early stopping, Recall@20 on `valid`; empty if the epoch was not measured.
        OptionalDouble score() {
            return valid.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(valid.getOrDefault(SCORE, Double.NaN));
        }

        /// Formats the epoch as a line of output.
        String line(int epochs) {
            StringBuilder line = new StringBuilder("epoch %d/%d".formatted(number, epochs));
            losses.forEach((stage, loss) -> line.append("  %s loss %.4f".formatted(stage, loss)));
            if (!valid.isEmpty()) {
                line.append("  valid recall@20 %.4f ndcg@20 %.4f".formatted(valid.get(SCORE), valid.get("ndcg@20")));
            }
            return line.append("  %.1f s".formatted(seconds)).toString();
        }
    }

    /// State of early stopping: the best epoch so far, and the patience.
    ///
    /// @param patience number of epochs without a better score after which training stops
    /// @param bestEpoch number of the best epoch so far; 0 before the first
    /// @param bestScore score of the best epoch
    record EarlyStopping(int patience, int bestEpoch, double bestScore) {

        /// Returns the state before the first epoch.
        static EarlyStopping start(int patience) {
            return new EarlyStopping(patience, 0, Double.NEGATIVE_INFINITY);
        }

        /// Returns the state after an epoch. An equal score is not better; an epoch that was not measured has no score.
        EarlyStopping after(Epoch epoch) {
            return epoch.score().isPresent()
                    ? after(epoch.number(), epoch.score().getAsDouble())
                    : this;
        }

        /// Returns the state after an epoch with a score.
        EarlyStopping after(int epoch, double score) {
            return score > bestScore ? new EarlyStopping(patience, epoch, score) : this;
        }

        /// Returns true if the epoch is the best one.
        boolean isBest(int epoch) {
            return bestEpoch == epoch;
        }

        /// Returns true if training stops after the epoch.
        boolean stopsAfter(int epoch) {
            return epoch - bestEpoch >= patience;
        }
    }
}
