package io.diffmm.training.report;

import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The sections on what was measured: of all users, by group, and of the lists.
final class RankingSections {

    private static final Map<String, String> TITLES = Map.of("ndcg@20", "NDCG@20", "recall@20", "Recall@20");

    private RankingSections() {}

    static Section rankings(TrainingReport report) {
        var section = new Section.Builder("rankings", "How well it ranks")
                .note(
                        "On valid: every item that a user did not train on is ranked. Bars show means over users, whiskers the interval that holds the mean with a confidence of 95 % (bootstrap over users).");
        report.leftOut().forEach(section::note);
        List<String> names =
                report.rankings().stream().map(MeasuredRanking::name).toList();
        List<Chart> charts = MeasuredRanking.GROUP_METRICS.stream()
                .map(Metric::name)
                .map(metric -> new Chart(
                        "rankings-" + metric.replace("@", "-"),
                        Chart.Kind.ROWS,
                        title(metric),
                        title(metric),
                        names,
                        byTone(report, metric)))
                .toList();
        return section.charts(charts, table(report.rankings())).build();
    }

    /// One series, coloured ranking by ranking.
    private static List<Chart.Series> byTone(TrainingReport report, String metric) {
        List<Estimate> estimates = report.rankings().stream()
                .map(ranking -> ranking.metric(metric))
                .toList();
        return List.of(Chart.Series.ofEstimates(title(metric), "by-role", estimates));
    }

    private static DataTable table(List<MeasuredRanking> rankings) {
        List<String> metrics = List.copyOf(rankings.getFirst().metrics().keySet());
        List<String> columns = new ArrayList<>(List.of("ranking", "role"));
        columns.addAll(metrics);
        List<List<String>> rows = new ArrayList<>();
        for (MeasuredRanking ranking : rankings) {
            List<String> row =
                    new ArrayList<>(List.of(ranking.name(), ranking.role().label()));
            metrics.forEach(metric -> row.add(Numbers.withInterval(ranking.metric(metric))));
            rows.add(row);
        }
        return new DataTable(
                "Means over %s users and their intervals"
                        .formatted(Numbers.count(rankings.getFirst().users())),
                columns,
                rows);
    }

    static Section byHistoryLength(TrainingReport report) {
        return groups(
                report,
                "history",
                "By the length of the history",
                "Users in groups of nearly the same size, by how many items they had before.",
                "items in the history",
                MeasuredRanking::byHistoryLength);
    }

    static Section byPopularity(TrainingReport report) {
        return groups(
                report,
                "popularity",
                "By the popularity of what was held out",
                "Held-out items in groups of nearly the same size, by how many users had them before; in each group only its items count.",
                "users of the held-out item",
                MeasuredRanking::byPopularity);
    }

    private static Section groups(
            TrainingReport report,
            String id,
            String title,
            String note,
            String axis,
            Function<MeasuredRanking, List<GroupMetrics>> groupsOf) {
        List<GroupMetrics> shown = groupsOf.apply(report.blend());
        List<String> labels = shown.stream().map(GroupMetrics::label).toList();
        List<Chart> charts = MeasuredRanking.GROUP_METRICS.stream()
                .map(Metric::name)
                .map(metric -> new Chart(
                        id + '-' + metric.replace("@", "-"),
                        Chart.Kind.BARS,
                        title(metric),
                        axis,
                        labels,
                        report.rankings().stream()
                                .map(ranking -> Chart.Series.ofEstimates(
                                        ranking.name(),
                                        ranking.role().label(),
                                        groupsOf.apply(ranking).stream()
                                                .map(group -> estimate(group, metric))
                                                .toList()))
                                .toList()))
                .toList();
        return new Section.Builder(id, title)
                .note(note)
                .charts(charts, groupTable(report, axis, shown, groupsOf))
                .build();
    }

    private static DataTable groupTable(
            TrainingReport report,
            String axis,
            List<GroupMetrics> shown,
            Function<MeasuredRanking, List<GroupMetrics>> groupsOf) {
        List<String> columns = new ArrayList<>(List.of(axis, "users"));
        for (MeasuredRanking ranking : report.rankings()) {
            MeasuredRanking.GROUP_METRICS.forEach(metric -> columns.add(ranking.name() + ' ' + metric.name()));
        }
        List<List<String>> rows = new ArrayList<>();
        for (int group = 0; group < shown.size(); group++) {
            List<String> row = new ArrayList<>(List.of(
                    shown.get(group).label(), Numbers.count(shown.get(group).users())));
            for (MeasuredRanking ranking : report.rankings()) {
                GroupMetrics metrics = groupsOf.apply(ranking).get(group);
                MeasuredRanking.GROUP_METRICS.forEach(
                        metric -> row.add(Numbers.withInterval(estimate(metrics, metric.name()))));
            }
            rows.add(row);
        }
        return new DataTable("Means of each group and their intervals", columns, rows);
    }

    private static Estimate estimate(GroupMetrics group, String metric) {
        Estimate estimate = group.metrics().get(metric);
        if (estimate == null) {
            throw new IllegalArgumentException("%s was not measured of %s".formatted(metric, group.label()));
        }
        return estimate;
    }

    static Section lists(TrainingReport report) {
        List<List<String>> rows = report.rankings().stream()
                .map(ranking -> List.of(
                        ranking.name(),
                        Numbers.percent(ranking.variety().coverage()),
                        Numbers.decimal(ranking.variety().novelty())))
                .toList();
        return new Section.Builder("lists", "What the lists hold")
                .note(
                        "Coverage: the share of the catalogue that stands in somebody's first 20. Novelty: how little known the recommended items are, in bits; one more means half as well known.")
                .table(new DataTable(
                        "Coverage and novelty of the first 20 ranks",
                        List.of("ranking", "coverage@20", "novelty@20"),
                        rows))
                .build();
    }

    private static String title(String metric) {
        return TITLES.getOrDefault(metric, metric);
    }
}
