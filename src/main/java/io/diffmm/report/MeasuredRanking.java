package io.diffmm.report;

import com.fasterxml.jackson.annotation.JsonValue;
import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.Metric;
import io.diffmm.evaluation.OfflineRanker;
import io.diffmm.evaluation.OutcomeGroup;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Measurements of one ranking on the validation split.
///
/// @param name name of the ranking in the report
/// @param users number of users that the metrics are averaged over
/// @param byHistoryLength metrics of users grouped by history length
/// @param byPopularity metrics of held-out items grouped by popularity
/// @param variety coverage and novelty of the first 20 ranks
public record MeasuredRanking(
        String name,
        RankingRole role,
        int users,
        Map<String, Estimate> metrics,
        List<GroupMetrics> byHistoryLength,
        List<GroupMetrics> byPopularity,
        CatalogueMetrics variety) {

    /// Metrics over all users.
    public static final List<Metric> METRICS =
            Stream.of(10, 20).map(Metric::at).flatMap(List::stream).toList();

    /// Metrics of groups, in display order.
    static final List<Metric> GROUP_METRICS =
            List.of(new Metric(Metric.Measure.NDCG, 20), new Metric(Metric.Measure.RECALL, 20));

    private static final int CATALOGUE_CUTOFF = 20;

    public MeasuredRanking {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        byHistoryLength = List.copyOf(byHistoryLength);
        byPopularity = List.copyOf(byPopularity);
    }

    /// Computes all measurements of a ranking.
    ///
    /// @param popularity number of users of each item
    /// @param seed seed of the bootstrap intervals
    public static MeasuredRanking of(
            String name, RankingRole role, List<UserOutcome> outcomes, int[] popularity, long seed) {
        return new MeasuredRanking(
                name,
                role,
                outcomes.size(),
                estimates(METRICS, outcomes, seed),
                groups(OutcomeGroup.byHistoryLength(outcomes), seed),
                groups(OutcomeGroup.byPopularity(outcomes, popularity), seed),
                CatalogueMetrics.of(outcomes, CATALOGUE_CUTOFF, popularity));
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
            estimates.put(metric.name(), Estimate.ofMean(values, seed));
        }
        return estimates;
    }

    /// Returns the means without their intervals, as the manifest stores them.
    public Map<String, Double> means() {
        Map<String, Double> means = new LinkedHashMap<>();
        metrics.forEach((metric, estimate) -> means.put(metric, estimate.value()));
        return means;
    }

    /// Returns one of [#METRICS].
    ///
    /// @throws IllegalArgumentException if the metric was not measured
    public Estimate metric(String name) {
        Estimate estimate = metrics.get(name);
        if (estimate == null) {
            throw new IllegalArgumentException("%s of ranking %s was not measured".formatted(name, this.name));
        }
        return estimate;
    }

    /// RankingRole of a measured ranking.
    public enum RankingRole {
        /// One view of the model alone.
        VIEW("view"),
        /// Weighted sum of the views, which is served to users.
        BLEND("blend"),
        /// A simpler method for comparison.
        BASELINE("baseline");

        private final String label;

        RankingRole(String label) {
            this.label = label;
        }

        /// Returns the value of the field in `report.json`, which the page shows too.
        @JsonValue
        public String label() {
            return label;
        }
    }

    /// Ranker to be measured.
    ///
    /// @param name name of the ranking in the report
    public record NamedRanker(String name, RankingRole role, OfflineRanker ranker) {}

    /// Metrics of a group of users or of held-out items.
    ///
    /// @param label bounds of the group
    /// @param users number of users with a held-out item in the group
    public record GroupMetrics(String label, int users, Map<String, Estimate> metrics) {

        public GroupMetrics {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }
    }

    /// Catalogue coverage and novelty of the recommended lists.
    ///
    /// @param coverage share of the catalogue that appears in at least one list
    /// @param novelty mean of `-log2(share)` over all recommendations, where `share` is the item's share of all
    ///     train interactions; an item without users counts as having one
    public record CatalogueMetrics(double coverage, double novelty) {

        /// Computes the metrics of the first `cutoff` ranks.
        ///
        /// @param popularity number of users of each item of the catalogue
        static CatalogueMetrics of(List<UserOutcome> outcomes, int cutoff, int[] popularity) {
            double interactions =
                    Math.max(1, Arrays.stream(popularity).asLongStream().sum());
            BitSet shown = new BitSet();
            double surprise = 0;
            long recommendations = 0;
            for (UserOutcome outcome : outcomes) {
                int[] ranked = outcome.ranked();
                for (int rank = 0; rank < Math.min(cutoff, ranked.length); rank++) {
                    shown.set(ranked[rank]);
                    surprise += Math.log(interactions / Math.max(1, popularity[ranked[rank]])) / Math.log(2);
                    recommendations++;
                }
            }
            return new CatalogueMetrics(
                    popularity.length == 0 ? 0 : (double) shown.cardinality() / popularity.length,
                    recommendations == 0 ? 0 : surprise / recommendations);
        }
    }
}
