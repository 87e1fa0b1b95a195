package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The sections on what was measured: of all users, by group, and of the lists.
final class RankingSections {

    private static final Map<String, String> TITLES = Map.of("ndcg@20", "NDCG@20", "recall@20", "Recall@20");

    private RankingSections() {}

    static Section rankings(TrainingReport report) {
        var section = new Section.Builder("rankings", "How well it ranks")
                .note(
                        "On valid: every item that a user did not train on is ranked. Bars show means over users, whiskers the interval that holds the mean with a confidence of 95 % (bootstrap over users).");
        section.note(blending(report.blending()));
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

    private static String blending(BlendSummary blending) {
        String sum = blending.views().stream()
                .map(part -> Numbers.weight(part.weight()) + " × " + part.view() + recency(part))
                .collect(Collectors.joining(" + "));
        String tested = blending.otherHalf()
                .map(ndcg -> ": weights found on one half of them reach an NDCG@20 of %s on the other half"
                        .formatted(Numbers.metric(ndcg)))
                .orElse("");
        return "The blend is %s; the linear view was fitted as %s. Its weights were chosen on these users%s."
                .formatted(sum, blending.linear(), tested);
    }

    private static String recency(BlendSummary.Part part) {
        return part.recencyPower() == 0 || part.recencyFloor() == 1
                ? ""
                : " (recency %s, power %s)".formatted(part.recencyFloor(), part.recencyPower());
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
                                .filter(RankingSections::isDrawn)
                                .map(ranking -> Chart.Series.ofEstimates(
                                        ranking.name(),
                                        ranking.role().label(),
                                        groupsOf.apply(ranking).stream()
                                                .map(group -> estimate(group, metric))
                                                .toList()))
                                .toList()))
                .toList();
        var section = new Section.Builder(id, title).note(note).figures(charts);
        MeasuredRanking.GROUP_METRICS.forEach(
                metric -> section.table(groupTable(report, axis, metric.name(), groupsOf)));
        return section.build();
    }

    /// Views of one kind stand in the charts together, so that a person can tell the bars apart.
    private static boolean isDrawn(MeasuredRanking ranking) {
        return ranking.role() != Role.VIEW || ranking.name().indexOf('.') < 0;
    }

    private static DataTable groupTable(
            TrainingReport report, String axis, String metric, Function<MeasuredRanking, List<GroupMetrics>> groupsOf) {
        List<String> columns = new ArrayList<>(List.of("ranking"));
        groupsOf.apply(report.blend())
                .forEach(group -> columns.add("%s (%s users)".formatted(group.label(), Numbers.count(group.users()))));
        List<List<String>> rows = new ArrayList<>();
        for (MeasuredRanking ranking : report.rankings()) {
            List<String> row = new ArrayList<>(List.of(ranking.name()));
            groupsOf.apply(ranking).forEach(group -> row.add(Numbers.withInterval(estimate(group, metric))));
            rows.add(row);
        }
        return new DataTable("%s by %s, and intervals".formatted(title(metric), axis), columns, rows);
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
