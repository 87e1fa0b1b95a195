package io.diffmm.report;

import io.diffmm.evaluation.Bootstrap;
import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Metric;
import io.diffmm.evaluation.UserOutcome;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One ranking of the current version beside the same of the new model.
///
/// @param stored what the current version's manifest says of it, measured on the data of then; may be empty
/// @param now what the current version reaches on the data of now; empty if it has no such ranking
/// @param differences of the new model from `now`, user by user, with their intervals; above zero the new one is better
public record ComparedRanking(
        String name,
        Role role,
        Map<String, Double> stored,
        Map<String, Double> now,
        Map<String, Estimate> differences) {

    public ComparedRanking {
        stored = Collections.unmodifiableMap(new LinkedHashMap<>(stored));
        now = Collections.unmodifiableMap(new LinkedHashMap<>(now));
        differences = Collections.unmodifiableMap(new LinkedHashMap<>(differences));
    }

    /// Compares two rankings of the same users, in the same order.
    ///
    /// @param before what the current version recommends
    /// @param after what the new model recommends
    public static ComparedRanking of(
            String name,
            Role role,
            Map<String, Double> stored,
            List<UserOutcome> before,
            List<UserOutcome> after,
            long seed) {
        Map<String, Double> now = new LinkedHashMap<>();
        Map<String, Estimate> differences = new LinkedHashMap<>();
        for (Metric metric : MeasuredRanking.METRICS) {
            double[] old = values(before, metric);
            double[] difference = values(after, metric);
            for (int user = 0; user < old.length; user++) {
                difference[user] -= old[user];
            }
            now.put(metric.name(), Bootstrap.mean(old, seed).value());
            differences.put(metric.name(), Bootstrap.mean(difference, seed));
        }
        return new ComparedRanking(name, role, stored, now, differences);
    }

    /// A ranking of which nothing but the stored metrics is known.
    public static ComparedRanking stored(String name, Role role, Map<String, Double> stored) {
        return new ComparedRanking(name, role, stored, Map.of(), Map.of());
    }

    private static double[] values(List<UserOutcome> outcomes, Metric metric) {
        return outcomes.stream().mapToDouble(outcome -> outcome.value(metric)).toArray();
    }
}
