package io.diffmm.training.search;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// One model trained with drawn settings, and what it reached on `valid`.
///
/// @param number from 1
/// @param changes what was not as given, by path
/// @param curve the model's own ranking after the epochs that were measured
/// @param score NDCG@20 of the blend that users would get; empty if it was given up or failed
/// @param reason why it failed
public record Trial(
        int number,
        Map<String, Object> changes,
        List<Point> curve,
        OptionalDouble score,
        double seconds,
        Ending ending,
        Optional<String> reason) {

    /// What the model's own ranking reached.
    ///
    /// @param epoch after which it was measured
    /// @param ndcg NDCG@20 on `valid`
    public record Point(int epoch, double ndcg) {}

    /// Why a trial ended.
    public enum Ending {
        /// At its last epoch, or of its patience.
        FINISHED("finished"),
        /// Below the median of the earlier ones.
        PRUNED("pruned"),
        /// The search's time was over.
        OUT_OF_TIME("out of time"),
        /// Its settings were refused, it diverged, or it ran out of memory.
        FAILED("failed");

        private final String label;

        Ending(String label) {
            this.label = label;
        }

        /// As `search.json` calls it.
        @JsonValue
        public String label() {
            return label;
        }
    }

    public Trial {
        changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
        curve = List.copyOf(curve);
    }

    /// One line for a person to read.
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
