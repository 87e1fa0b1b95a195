package io.diffmm.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.diffmm.ranking.TopK.UndefinedScoreException;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.AdamOptimiser.TrainingDivergedException;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainingRun.Stage;
import io.diffmm.training.TrainingRun.StepListener;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Guard of a run's epochs: ends the run if a loss grows, or if a loss or a weight is not finite.
///
/// A loss grows if its mean over an epoch exceeds 10 times its mean over the first epoch of its stage.
/// In that epoch the limit is 100 times the loss of the first step, because single steps differ by the
/// diffusion steps drawn in them. A bounded loss grows if it exceeds its mean over the first epoch in
/// three consecutive epochs of several steps. With a single step, which few users need, the first loss is
/// that of untrained weights, which on random interactions need not be the greatest.
final class DivergenceGuard {

    private static final double MAX_GROWTH = 10;
    private static final double MAX_GROWTH_IN_FIRST = 100;

    /// Growth of a bounded loss that is more than noise; measured 1 to 3 % with learning rates of 10
    /// and more, while the loss of every preset falls.
    private static final double BOUNDED_GROWTH = 1.005;

    private static final int BOUNDED_EPOCHS = 3;
    private static final int BOUNDED_STEPS = 2;

    private final TrainingRun run;
    private final NDManager manager;
    private final Map<String, Double> firstSteps = new HashMap<>();
    private final Map<String, Integer> steps = new HashMap<>(); // of the latest epoch

    DivergenceGuard(TrainingRun run, NDManager manager) {
        this.run = run;
        this.manager = manager;
    }

    /// Trains an epoch.
    ///
    /// @throws TrainingDivergedException if a loss is not finite, or weights are not finite after the
    ///     epoch
    void train(int epoch, StepListener progress) {
        steps.clear();
        try {
            run.epoch(epoch, (stage, loss) -> {
                firstSteps.putIfAbsent(stage, (double) loss);
                steps.merge(stage, 1, Integer::sum);
                requireFinite(stage, loss, epoch);
                progress.step(stage, loss);
            });
        } catch (TrainingStoppedException e) {
            throw e;
        } catch (TrainingDivergedException e) {
            throw inEpoch(epoch, e);
        } catch (UndefinedScoreException e) {
            requireFiniteWeights(epoch);
            throw undefined(epoch, e);
        }
        requireFiniteWeights(epoch);
    }

    /// Measures the model after an epoch.
    ///
    /// @throws TrainingDivergedException if its vectors or scores are not finite: finite weights may be
    ///     too large
    <T> T measure(int epoch, Supplier<T> measurement) {
        try {
            return measurement.get();
        } catch (TrainingDivergedException e) {
            throw inEpoch(epoch, e);
        } catch (UndefinedScoreException e) {
            throw undefined(epoch, e);
        }
    }

    private TrainingDivergedException inEpoch(int epoch, TrainingDivergedException cause) {
        return notFinite("the %s in epoch %d".formatted(cause.getMessage(), epoch), allRates());
    }

    private TrainingDivergedException undefined(int epoch, UndefinedScoreException cause) {
        return notFinite("%s in epoch %d".formatted(cause.getMessage(), epoch), allRates());
    }

    private void requireFinite(String stage, float loss, int epoch) {
        if (!Float.isFinite(loss)) {
            throw notFinite("the %s loss is %s in epoch %d".formatted(stage, loss, epoch), rates(stage));
        }
    }

    private void requireFiniteWeights(int epoch) {
        try (NDManager scope = manager.newSubManager()) {
            for (NDArray array : run.state(scope)) {
                if (array.getDataType() == DataType.FLOAT32) {
                    Tensors.requireFinite(array);
                }
            }
        } catch (IllegalArgumentException e) {
            throw notFinite("%s after epoch %d".formatted(e.getMessage(), epoch), allRates());
        }
    }

    /// Checks the mean losses of an epoch.
    ///
    /// @param before mean losses of the epochs before, in order
    /// @param losses mean losses of the epoch
    /// @throws TrainingDivergedException if a loss has grown
    void requireNoGrowth(List<Map<String, Double>> before, Map<String, Double> losses) {
        for (Stage stage : run.stages()) {
            if (losses.containsKey(stage.name())) {
                List<Double> means = Stream.concat(before.stream(), Stream.of(losses))
                        .flatMap(epoch -> Optional.ofNullable(epoch.get(stage.name())).stream())
                        .toList();
                requireNoGrowth(stage, before.size() + 1, means);
            }
        }
    }

    /// @param means mean losses of the stage from its first epoch on
    private void requireNoGrowth(Stage stage, int epoch, List<Double> means) {
        double first = means.getFirst();
        double latest = means.getLast();
        int start = epoch - means.size() + 1;
        if (means.size() == 1) {
            double step = firstSteps.getOrDefault(stage.name(), 0.0);
            if (step > 0 && latest > MAX_GROWTH_IN_FIRST * step) {
                throw grown(stage, step, start == 1 ? "the first step" : "its first step", latest, epoch);
            }
        } else if (first > 0 && latest > MAX_GROWTH * first) {
            throw grown(stage, first, "epoch " + start, latest, epoch);
        }
        List<Double> last = means.subList(Math.max(1, means.size() - BOUNDED_EPOCHS), means.size());
        if (stage.bounded()
                && steps.getOrDefault(stage.name(), 0) >= BOUNDED_STEPS
                && last.size() == BOUNDED_EPOCHS
                && last.stream().allMatch(mean -> mean > BOUNDED_GROWTH * first)) {
            throw grown(stage, first, "epoch " + start, latest, epoch);
        }
    }

    private TrainingDivergedException grown(Stage stage, double from, String since, double to, int epoch) {
        return new TrainingDivergedException(String.format(
                Locale.ROOT,
                "training stopped: the %s loss rose from %.3g in %s to %.3g in epoch %d; lower %s, then train again",
                stage.name(),
                from,
                since,
                to,
                epoch,
                rates(stage.name())));
    }

    private static TrainingDivergedException notFinite(String what, String rates) {
        return new TrainingDivergedException(
                "training stopped: %s; lower %s, or scale large features down, then train again"
                        .formatted(what, rates));
    }

    /// Returns the settings with the learning rates of a stage.
    private String rates(String stage) {
        return rates(run.stages().stream().filter(other -> other.name().equals(stage)));
    }

    private String allRates() {
        return rates(run.stages().stream());
    }

    private static String rates(Stream<Stage> stages) {
        return stages.flatMap(stage -> stage.learningRates().stream())
                .distinct()
                .collect(Collectors.joining(" and "));
    }
}
