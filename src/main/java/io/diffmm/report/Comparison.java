package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.Metric;
import io.diffmm.report.MeasuredRanking.RankingRole;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Comparison of the new model with the version that was current, on the same users.
///
/// @param version artifact version of the current model
/// @param sameData true if both were trained and measured on the same data
public record Comparison(String version, Instant created, boolean sameData, List<ComparedRanking> rankings) {

    public Comparison {
        rankings = List.copyOf(rankings);
    }

    /// Returns the comparison of the blends; empty if the blend was not compared.
    public Optional<ComparedRanking> blend() {
        return rankings.stream()
                .filter(ranking -> ranking.role() == RankingRole.BLEND)
                .findFirst();
    }

    /// Comparison of one ranking.
    ///
    /// @param stored metrics in the manifest of the current version, on the data that it was trained on;
    ///     may be empty
    /// @param now metrics of the current version on the data of this run; empty if it has no such ranking
    /// @param differences new model minus current version, paired by user; positive means that the new
    ///     model is better
    public record ComparedRanking(
            String name,
            RankingRole role,
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
        /// @param before outcomes of the current version
        /// @param after outcomes of the new model
        /// @param seed seed of the bootstrap intervals
        public static ComparedRanking of(
                String name,
                RankingRole role,
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
                now.put(metric.name(), Estimate.ofMean(old, seed).value());
                differences.put(metric.name(), Estimate.ofMean(difference, seed));
            }
            return new ComparedRanking(name, role, stored, now, differences);
        }

        /// Returns a comparison with stored metrics only.
        public static ComparedRanking stored(String name, RankingRole role, Map<String, Double> stored) {
            return new ComparedRanking(name, role, stored, Map.of(), Map.of());
        }

        private static double[] values(List<UserOutcome> outcomes, Metric metric) {
            return outcomes.stream()
                    .mapToDouble(outcome -> outcome.value(metric))
                    .toArray();
        }
    }
}
