package io.diffmm.training.search;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// Trials of a hyper-parameter search so far, with the median stopping rule. Not thread-safe.
public final class Trials {

    /// Minimum number of earlier trials for the median stopping rule.
    private static final int MIN_TRIALS = 3;

    private final List<Trial> all = new ArrayList<>();

    public void add(Trial trial) {
        all.add(trial);
    }

    /// Returns all trials in order.
    public List<Trial> all() {
        return List.copyOf(all);
    }

    /// Returns the first of the trials with the highest score; empty if no trial has a score.
    public Optional<Trial> best() {
        return all.stream()
                .filter(trial -> trial.score().isPresent())
                .reduce((best, trial) ->
                        trial.score().getAsDouble() > best.score().getAsDouble() ? trial : best);
    }

    /// Returns the median duration of the trials that did not fail; empty if there are none.
    public OptionalDouble medianSeconds() {
        double[] seconds = all.stream()
                .filter(trial -> trial.ending() != Trial.Ending.FAILED)
                .mapToDouble(Trial::seconds)
                .toArray();
        return seconds.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(median(seconds));
    }

    /// Returns true if the median stopping rule ends a trial: its best score so far is below the median of the best
    /// scores that earlier trials had after as many epochs. This is the rule of Golovin et al. 2017,
    /// <https://doi.org/10.1145/3097983.3098043>, with best scores in place of running means.
    ///
    /// @param curve learning curve of the trial so far
    public boolean prunes(List<Trial.Point> curve) {
        if (curve.isEmpty()) {
            return false;
        }
        int epoch = curve.getLast().epoch();
        double[] earlier = all.stream()
                .map(Trial::curve)
                .filter(other -> !other.isEmpty() && other.getLast().epoch() >= epoch)
                .flatMapToDouble(other -> best(other, epoch).stream())
                .toArray();
        return earlier.length >= MIN_TRIALS && best(curve, epoch).orElseThrow() < median(earlier);
    }

    /// Returns the best score up to an epoch; empty if none was measured by then.
    private static OptionalDouble best(List<Trial.Point> curve, int epoch) {
        return curve.stream()
                .filter(point -> point.epoch() <= epoch)
                .mapToDouble(Trial.Point::ndcg)
                .max();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// Model trained with sampled settings, and its result on `valid`.
    ///
    /// @param number number of the trial, from 1
    /// @param changes values that differ from the given settings, by path
    /// @param curve scores of the model without the blend, after each measured epoch
    /// @param score NDCG@20 of the blend that the trial would publish; empty if the trial was pruned or failed
    /// @param reason cause of the failure
    public record Trial(
            int number,
            Map<String, Object> changes,
            List<Point> curve,
            OptionalDouble score,
            double seconds,
            Ending ending,
            Optional<String> reason) {

        /// Point of a trial's learning curve.
        ///
        /// @param epoch epoch after which the model was measured
        /// @param ndcg NDCG@20 on `valid`
        public record Point(int epoch, double ndcg) {}

        /// Reason for the end of a trial.
        public enum Ending {
            /// Trained to its last epoch, or until its patience was exhausted.
            FINISHED("finished"),
            /// Ended by the median stopping rule.
            PRUNED("pruned"),
            /// Ended by the time budget of the search.
            OUT_OF_TIME("out of time"),
            /// Its settings were rejected, it diverged, or it ran out of memory.
            FAILED("failed");

            private final String label;

            Ending(String label) {
                this.label = label;
            }

            /// Returns the label in `search.json`.
            @JsonValue
            public String label() {
                return label;
            }
        }

        public Trial {
            changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
            curve = List.copyOf(curve);
        }

        /// Formats the trial as a line of output.
        public String line() {
            String reached = score.isPresent()
                    ? String.format(Locale.ROOT, "valid ndcg@20 %.4f", score.getAsDouble())
                    : ending.label() + reason.map(" (%s)"::formatted).orElse("");
            return String.format(
                    Locale.ROOT, "trial %d: %s  %d epochs  %.1f s  %s", number, reached, epochs(), seconds, changed());
        }

        private int epochs() {
            return curve.isEmpty() ? 0 : curve.getLast().epoch();
        }

        private String changed() {
            return changes.isEmpty()
                    ? "settings as given"
                    : changes.entrySet().stream()
                            .map(change -> change.getKey() + ' ' + change.getValue())
                            .collect(Collectors.joining(", "));
        }
    }

    /// Time budget of a search, which starts at construction.
    public static final class TimeBudget {

        private final long end;
        private final LongSupplier nanoTime;

        /// @param nanoTime clock with the contract of [System#nanoTime]
        public TimeBudget(Duration budget, LongSupplier nanoTime) {
            this.end = nanoTime.getAsLong() + budget.toNanos();
            this.nanoTime = nanoTime;
        }

        /// Returns true if no time is left.
        public boolean isOver() {
            return nanoTime.getAsLong() - end >= 0;
        }

        /// Returns true if more than the given time is left, or any time if it is unknown.
        public boolean fits(OptionalDouble seconds) {
            return end - nanoTime.getAsLong() > seconds.orElse(0) * 1e9;
        }
    }
}
