package io.diffmm.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.evaluation.Evaluator.Evaluation;
import io.diffmm.model.Recommender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// Epoch after epoch: train, measure on `valid` as often as the schedule says and after the last, keep the best
/// weights, leave a checkpoint, stop when it gets no better.
final class TrainingLoop {

    private final TrainingRun run;
    private final Checkpoint checkpoint;
    private final Map<String, Object> identity;
    private final NDManager manager;
    private final Function<Recommender, Evaluation> validation;

    /// What the loop leaves.
    ///
    /// @param curve every epoch in order
    /// @param best the epoch whose weights were kept
    /// @param weights the file with them
    record Result(List<Epoch> curve, Epoch best, Path weights) {}

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
        this.validation = validation;
    }

    /// Trains from the beginning, or from `from`, until the end of the schedule or of patience.
    ///
    /// @param ended asked between epochs whether to end before that
    Result train(
            TrainerFamily.Schedule schedule,
            Optional<Checkpoint.Progress> from,
            Predicate<List<Epoch>> ended,
            ProgressFactory progresses)
            throws IOException {
        List<Epoch> curve = new ArrayList<>();
        EarlyStopping stopping = EarlyStopping.start(schedule.patience());
        if (from.isPresent()) {
            curve.addAll(from.get().curve());
            stopping = restored(from.get(), stopping);
        } else {
            save(curve, stopping);
        }
        try (Progress progress = progresses.open(curve.size())) {
            while (curve.size() < schedule.epochs() && !ends(curve, stopping, ended)) {
                int number = curve.size() + 1;
                boolean measured = number % schedule.interval() == 0 || number == schedule.epochs();
                Epoch epoch = epoch(number, measured, progress);
                curve.add(epoch);
                stopping = stopping.after(epoch);
                if (stopping.isBest(epoch.number())) {
                    run.write(checkpoint.weightsOf(epoch.number()));
                }
                save(curve, stopping);
                progress.line(epoch.line(schedule.epochs()) + (stopping.isBest(epoch.number()) ? "  *" : ""));
            }
        }
        if (stopping.bestEpoch() == 0) {
            stopping = measureLast(curve, stopping);
        }
        Epoch best = curve.get(stopping.bestEpoch() - 1);
        return new Result(List.copyOf(curve), best, checkpoint.weightsOf(best.number()));
    }

    /// Only an epoch that was measured can be the last before the end of the schedule.
    private static boolean ends(List<Epoch> curve, EarlyStopping stopping, Predicate<List<Epoch>> ended) {
        boolean measured = !curve.isEmpty() && curve.getLast().score().isPresent();
        return measured && (stopping.stopsAfter(curve.size()) || ended.test(curve));
    }

    /// Where no epoch was measured, which happens if a run goes on and is to have no more epochs than it has.
    private EarlyStopping measureLast(List<Epoch> curve, EarlyStopping stopping) throws IOException {
        Epoch last = curve.removeLast();
        curve.add(new Epoch(last.number(), last.losses(), measure(), last.seconds()));
        EarlyStopping measured = stopping.after(curve.getLast());
        run.write(checkpoint.weightsOf(last.number()));
        save(curve, measured);
        return measured;
    }

    private EarlyStopping restored(Checkpoint.Progress from, EarlyStopping start) {
        try (NDManager scope = manager.newSubManager()) {
            run.restore(checkpoint.readState(from, scope));
        }
        return from.best().isEmpty() ? start : start.after(from.bestEpoch(), from.bestScore());
    }

    private void save(List<Epoch> curve, EarlyStopping stopping) throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            NDList state = run.state(scope);
            checkpoint.write(identity, curve, stopping, state);
        }
    }

    private Epoch epoch(int number, boolean measured, Progress progress) {
        long start = System.nanoTime();
        progress.start(number);
        run.epoch(number, progress);
        Map<String, Double> losses = progress.meanLosses();
        Map<String, Double> valid = measured ? measure() : Map.of();
        return new Epoch(number, losses, valid, (System.nanoTime() - start) / 1e9);
    }

    private Map<String, Double> measure() {
        try (Recommender recommender = run.recommender()) {
            return validation.apply(recommender).metrics();
        }
    }

    /// Makes the progress of a run of which some epochs are finished.
    @FunctionalInterface
    interface ProgressFactory {
        Progress open(int finishedEpochs);
    }
}
