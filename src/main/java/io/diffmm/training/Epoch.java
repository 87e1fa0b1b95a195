package io.diffmm.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/// One point of the learning curve.
///
/// @param number from 1
/// @param losses the mean loss of each stage
/// @param valid metrics on the validation split; empty if the epoch was not measured
/// @param seconds how long training and measuring took
public record Epoch(int number, Map<String, Double> losses, Map<String, Double> valid, double seconds) {

    private static final String SCORE = "recall@20";

    public Epoch {
        if (!valid.isEmpty() && !valid.containsKey(SCORE)) {
            throw new IllegalArgumentException("epoch %d has no %s".formatted(number, SCORE));
        }
        losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
        valid = Collections.unmodifiableMap(new LinkedHashMap<>(valid));
    }

    /// What the best epoch is chosen by: Recall@20 on the validation split; absent if it was not measured.
    OptionalDouble score() {
        return valid.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(valid.getOrDefault(SCORE, Double.NaN));
    }

    /// One line for a person to read.
    String line(int epochs) {
        StringBuilder line = new StringBuilder("epoch %d/%d".formatted(number, epochs));
        losses.forEach((stage, loss) -> line.append("  %s loss %.4f".formatted(stage, loss)));
        if (!valid.isEmpty()) {
            line.append("  valid recall@20 %.4f ndcg@20 %.4f".formatted(valid.get(SCORE), valid.get("ndcg@20")));
        }
        return line.append("  %.1f s".formatted(seconds)).toString();
    }
}
