package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Metric;
import io.diffmm.report.Comparison.ComparedRanking;
import io.diffmm.report.MeasuredRanking.GroupMetrics;
import io.diffmm.report.MeasuredRanking.RankingRole;
import io.diffmm.report.Section.DataTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Sections on ranking quality: all users, comparison with the current version, groups, and the catalogue.
final class RankingSections {

    private static final Map<String, String> TITLES = Map.of("ndcg@20", "NDCG@20", "recall@20", "Recall@20");

    private static final String NONE = "–";

    private RankingSections() {}

    static Section rankings(TrainingReport report) {
        var section = new Section.Builder("rankings", "Ranking quality")
                .note(
                        "Full ranking on the validation split: for each user all items without a train interaction are ranked. Bars are means over users; whiskers are 95 % bootstrap confidence intervals over users.");
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
                        byRole(report, metric)))
                .toList();
        return section.charts(charts, table(report.rankings())).build();
    }

    /// Returns one series whose bars are coloured by the role of their ranking.
    private static List<Chart.Series> byRole(TrainingReport report, String metric) {
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
                "Means over %s users with 95 %% confidence intervals"
                        .formatted(Numbers.count(rankings.getFirst().users())),
                columns,
                rows);
    }

    static Section comparison(TrainingReport report) {
        var section = new Section.Builder("comparison", "Comparison with the current version");
        Optional<Comparison> found = report.comparison();
        if (found.isEmpty()) {
            return section.note("No comparison: there was no current version, or it could not be measured.")
                    .build();
        }
        Comparison comparison = found.get();
        return section.note(explanation(comparison))
                .table(new DataTable(
                        "New model compared with version %s".formatted(comparison.version()),
                        List.of("ranking", "metric", "stored", "re-measured", "new", "difference", "95 % interval"),
                        comparedRows(report, comparison)))
                .build();
    }

    private static String explanation(Comparison comparison) {
        String data = comparison.sameData()
                ? "It was trained and measured on the same data."
                : "It was trained on other data: its stored metrics refer to that data; the re-measured ones to the data of this run.";
        return "Current version: %s, created %s. %s If the interval of a difference contains zero, the difference is not significant."
                .formatted(comparison.version(), comparison.created(), data);
    }

    private static List<List<String>> comparedRows(TrainingReport report, Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        for (ComparedRanking ranking : comparison.rankings()) {
            Map<String, Estimate> after = report.rankings().stream()
                    .filter(measured -> measured.name().equals(ranking.name()))
                    .findFirst()
                    .map(MeasuredRanking::metrics)
                    .orElse(Map.of());
            for (String metric : List.of("ndcg@20", "recall@20")) {
                rows.add(comparedRow(ranking, metric, Optional.ofNullable(after.get(metric))));
            }
        }
        return rows;
    }

    private static List<String> comparedRow(ComparedRanking ranking, String metric, Optional<Estimate> after) {
        Optional<Estimate> difference =
                Optional.ofNullable(ranking.differences().get(metric));
        return List.of(
                ranking.name(),
                metric,
                number(ranking.stored().get(metric)),
                number(ranking.now().get(metric)),
                after.map(estimate -> Numbers.metric(estimate.value())).orElse(NONE),
                difference.map(estimate -> Numbers.difference(estimate.value())).orElse(NONE),
                difference.map(Numbers::interval).orElse(NONE));
    }

    private static String number(@Nullable Double value) {
        return value == null ? NONE : Numbers.metric(value);
    }

    /// Grouping of users or held-out items, with the function that selects its metrics of a ranking.
    private record Grouping(
            String id, String title, String note, String axis, Function<MeasuredRanking, List<GroupMetrics>> groups) {}

    static Section byHistoryLength(TrainingReport report) {
        return groups(
                report,
                new Grouping(
                        "history",
                        "Ranking quality by history length",
                        "Users in groups of nearly equal size, by their number of train items.",
                        "items in the history",
                        MeasuredRanking::byHistoryLength));
    }

    static Section byPopularity(TrainingReport report) {
        return groups(
                report,
                new Grouping(
                        "popularity",
                        "Ranking quality by item popularity",
                        "Held-out items in groups of nearly equal size, by their number of train users. Only the items of the group count as relevant.",
                        "users of the held-out item",
                        MeasuredRanking::byPopularity));
    }

    private static Section groups(TrainingReport report, Grouping grouping) {
        List<String> metrics =
                MeasuredRanking.GROUP_METRICS.stream().map(Metric::name).toList();
        var section = new Section.Builder(grouping.id(), grouping.title())
                .note(grouping.note())
                .charts(metrics.stream()
                        .map(metric -> groupChart(report, grouping, metric))
                        .toList());
        metrics.forEach(metric -> section.table(groupTable(report, grouping, metric)));
        return section.build();
    }

    private static Chart groupChart(TrainingReport report, Grouping grouping, String metric) {
        return new Chart(
                grouping.id() + '-' + metric.replace("@", "-"),
                Chart.Kind.BARS,
                title(metric),
                grouping.axis(),
                grouping.groups().apply(report.blend()).stream()
                        .map(GroupMetrics::label)
                        .toList(),
                report.rankings().stream()
                        .filter(RankingSections::isDrawn)
                        .map(ranking -> Chart.Series.ofEstimates(
                                ranking.name(),
                                ranking.role().label(),
                                grouping.groups().apply(ranking).stream()
                                        .map(group -> estimate(group, metric))
                                        .toList()))
                        .toList());
    }

    /// Returns false for a view whose name has a dot: charts show the views of one kind together only, because more
    /// bars are hard to tell apart.
    private static boolean isDrawn(MeasuredRanking ranking) {
        return ranking.role() != RankingRole.VIEW || ranking.name().indexOf('.') < 0;
    }

    private static DataTable groupTable(TrainingReport report, Grouping grouping, String metric) {
        List<String> columns = new ArrayList<>(List.of("ranking"));
        grouping.groups()
                .apply(report.blend())
                .forEach(group -> columns.add("%s (%s users)".formatted(group.label(), Numbers.count(group.users()))));
        List<List<String>> rows = new ArrayList<>();
        for (MeasuredRanking ranking : report.rankings()) {
            List<String> row = new ArrayList<>(List.of(ranking.name()));
            grouping.groups().apply(ranking).forEach(group -> row.add(Numbers.withInterval(estimate(group, metric))));
            rows.add(row);
        }
        return new DataTable(
                "%s by %s, with 95 %% confidence intervals".formatted(title(metric), grouping.axis()), columns, rows);
    }

    private static Estimate estimate(GroupMetrics group, String metric) {
        Estimate estimate = group.metrics().get(metric);
        if (estimate == null) {
            throw new IllegalArgumentException("%s of group %s was not measured".formatted(metric, group.label()));
        }
        return estimate;
    }

    static Section catalogue(TrainingReport report) {
        List<List<String>> rows = report.rankings().stream()
                .map(ranking -> List.of(
                        ranking.name(),
                        Numbers.percent(ranking.variety().coverage()),
                        Numbers.decimal(ranking.variety().novelty())))
                .toList();
        return new Section.Builder("lists", "Coverage and novelty")
                .note(
                        "Coverage: share of the catalogue that appears in the first 20 items of at least one user. Novelty: mean self-information of the recommended items in bits, -log2 of the item's share of all train interactions; one bit more means half as popular.")
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
