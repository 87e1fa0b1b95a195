package io.diffmm.report;

import io.diffmm.evaluation.Bootstrap;
import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.ListVariety;
import io.diffmm.evaluation.Metric;
import io.diffmm.evaluation.OutcomeGroup;
import io.diffmm.evaluation.UserOutcome;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What was measured of one ranking on `valid`.
///
/// @param name as the report calls it
/// @param users over whom the metrics are means
/// @param byHistoryLength users by how much is known of them
/// @param byPopularity held-out items by how many users have them
/// @param variety of the first 20 ranks
public record MeasuredRanking(
        String name,
        Role role,
        int users,
        Map<String, Estimate> metrics,
        List<GroupMetrics> byHistoryLength,
        List<GroupMetrics> byPopularity,
        ListVariety variety) {

    /// What is measured of all users.
    public static final List<Metric> METRICS =
            Stream.of(10, 20).map(Metric::at).flatMap(List::stream).toList();

    /// What is measured of groups, drawn first.
    static final List<Metric> GROUP_METRICS =
            List.of(new Metric(Metric.Measure.NDCG, 20), new Metric(Metric.Measure.RECALL, 20));

    private static final int LIST = 20;

    public MeasuredRanking {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        byHistoryLength = List.copyOf(byHistoryLength);
        byPopularity = List.copyOf(byPopularity);
    }

    /// The measurement of a ranking.
    ///
    /// @param popularity how many users have each item
    /// @param seed of the intervals
    public static MeasuredRanking of(String name, Role role, List<UserOutcome> outcomes, int[] popularity, long seed) {
        return new MeasuredRanking(
                name,
                role,
                outcomes.size(),
                estimates(METRICS, outcomes, seed),
                groups(OutcomeGroup.byHistoryLength(outcomes), seed),
                groups(OutcomeGroup.byPopularity(outcomes, popularity), seed),
                ListVariety.of(outcomes, LIST, popularity));
    }

    private static List<GroupMetrics> groups(List<OutcomeGroup> groups, long seed) {
        return groups.stream()
                .map(group -> new GroupMetrics(
                        group.range().label(),
                        group.outcomes().size(),
                        estimates(GROUP_METRICS, group.outcomes(), seed)))
                .toList();
    }

    private static Map<String, Estimate> estimates(List<Metric> metrics, List<UserOutcome> outcomes, long seed) {
        Map<String, Estimate> estimates = new LinkedHashMap<>();
        for (Metric metric : metrics) {
            double[] values = outcomes.stream()
                    .mapToDouble(outcome -> outcome.value(metric))
                    .toArray();
            estimates.put(metric.name(), Bootstrap.mean(values, seed));
        }
        return estimates;
    }

    /// The means alone, as a manifest has them.
    public Map<String, Double> means() {
        Map<String, Double> means = new LinkedHashMap<>();
        metrics.forEach((metric, estimate) -> means.put(metric, estimate.value()));
        return means;
    }

    /// One of [#METRICS].
    ///
    /// @throws IllegalArgumentException if it was not measured
    public Estimate metric(String name) {
        Estimate estimate = metrics.get(name);
        if (estimate == null) {
            throw new IllegalArgumentException("%s of %s was not measured".formatted(name, this.name));
        }
        return estimate;
    }
}
