package io.diffmm.report;

import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.DatasetCounts.LiveCounts;
import io.diffmm.report.DatasetSummary.Histogram;
import io.diffmm.report.Section.DataTable;
import io.diffmm.report.TrainingReport.CurvePoint;
import io.diffmm.report.TrainingReport.Provenance;
import io.diffmm.report.TrainingReport.SeedSummary;
import io.diffmm.report.TrainingReport.StageCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Sections on the training run: learning curves, dataset, time and memory, provenance and settings.
final class RunSections {

    private static final List<String> CURVE_METRICS = List.of("ndcg@20", "recall@20");

    private RunSections() {}

    static Section curves(TrainingReport report) {
        List<String> losses = report.curve().stream()
                .flatMap(point -> point.losses().keySet().stream())
                .distinct()
                .toList();
        List<Chart> charts = new ArrayList<>();
        charts.add(metricsChart(report.curve()));
        for (int loss = 0; loss < losses.size(); loss++) {
            charts.add(lossChart(report.curve(), "curve-loss-" + loss, losses.get(loss)));
        }
        Section.Builder section = new Section.Builder("curves", "Learning curves")
                .note(kept(report))
                .charts(charts, curveTable(report, losses));
        if (report.seeds().size() > 1) {
            section.note("The model was trained with %d seeds; the curves are those of seed %d."
                            .formatted(
                                    report.seeds().size(),
                                    report.seeds().getFirst().seed()))
                    .table(seedTable(report.seeds()));
        }
        return section.build();
    }

    private static String kept(TrainingReport report) {
        int best = report.bestEpoch();
        double highest =
                report.curve().stream().mapToDouble(RunSections::recall).max().orElseThrow();
        boolean isHighest =
                report.curve().stream().anyMatch(point -> point.epoch() == best && recall(point) >= highest);
        return isHighest
                ? "Epoch %d has the highest validation Recall@20; its weights were kept.".formatted(best)
                : "The weights of epoch %d were kept, because earlier ones do not contain all views.".formatted(best);
    }

    private static double recall(CurvePoint point) {
        return point.valid().getOrDefault("recall@20", 0.0);
    }

    private static DataTable seedTable(List<SeedSummary> seeds) {
        List<List<String>> rows = seeds.stream()
                .map(seed -> List.of(
                        String.valueOf(seed.seed()),
                        Numbers.count(seed.epochs()),
                        Numbers.count(seed.bestEpoch()),
                        Numbers.metric(seed.valid().getOrDefault("ndcg@20", 0.0)),
                        Numbers.metric(seed.valid().getOrDefault("recall@20", 0.0)),
                        seed.published() ? "yes" : "no"))
                .toList();
        return new DataTable(
                "Models by seed",
                List.of("seed", "epochs", "best epoch", "ndcg@20", "recall@20", "in the published model"),
                rows);
    }

    private static Chart metricsChart(List<CurvePoint> curve) {
        return new Chart(
                "curve-valid",
                Chart.Kind.LINE,
                "Validation metrics",
                "epoch",
                epochs(curve),
                List.of(
                        Chart.Series.of("ndcg@20", "blend", values(curve, "ndcg@20")),
                        Chart.Series.of("recall@20", "view", values(curve, "recall@20"))));
    }

    private static Chart lossChart(List<CurvePoint> curve, String id, String stage) {
        List<Double> losses = curve.stream()
                .map(point -> point.losses().getOrDefault(stage, 0.0))
                .toList();
        return new Chart(
                id,
                Chart.Kind.LINE,
                "Loss: " + stage,
                "epoch",
                epochs(curve),
                List.of(Chart.Series.of(stage, "plain", losses)));
    }

    private static List<String> epochs(List<CurvePoint> curve) {
        return curve.stream().map(point -> String.valueOf(point.epoch())).toList();
    }

    private static List<Double> values(List<CurvePoint> curve, String metric) {
        return curve.stream()
                .map(point -> point.valid().getOrDefault(metric, 0.0))
                .toList();
    }

    private static DataTable curveTable(TrainingReport report, List<String> losses) {
        List<String> columns = new ArrayList<>(List.of("epoch"));
        losses.forEach(loss -> columns.add(loss + " loss"));
        columns.addAll(CURVE_METRICS);
        columns.add("time");
        List<List<String>> rows = new ArrayList<>();
        for (CurvePoint point : report.curve()) {
            List<String> row = new ArrayList<>();
            row.add(point.epoch() + (point.epoch() == report.bestEpoch() ? " (kept)" : ""));
            losses.forEach(loss -> row.add(Numbers.metric(point.losses().getOrDefault(loss, 0.0))));
            CURVE_METRICS.forEach(metric -> row.add(Numbers.metric(point.valid().getOrDefault(metric, 0.0))));
            row.add(Numbers.seconds(point.seconds()));
            rows.add(row);
        }
        return new DataTable("Losses and validation metrics by epoch", columns, rows);
    }

    static Section dataset(TrainingReport report) {
        DatasetSummary data = report.dataset();
        return new Section.Builder("dataset", "Dataset")
                .table(new DataTable("Size of the dataset, and rows left out", List.of("what", "value"), counts(data)))
                .charts(
                        List.of(histogram("lengths", "Users by history length", "items", data.historyLengths())),
                        bins("Users by history length", "items", "users", data.historyLengths()))
                .charts(
                        List.of(histogram("audience", "Items by number of users", "users", data.itemPopularity())),
                        bins("Items by number of users", "users", "items", data.itemPopularity()))
                .build();
    }

    private static List<List<String>> counts(DatasetSummary data) {
        DatasetCounts notes = data.notes();
        List<List<String>> counts = new ArrayList<>(List.of(
                List.of("users", Numbers.count(notes.users())),
                List.of("items", Numbers.count(notes.items())),
                List.of("train interactions", Numbers.count(notes.trainInteractions())),
                List.of("validation interactions", Numbers.count(notes.validInteractions())),
                List.of("sparsity", Numbers.percent(data.sparsity())),
                List.of("modalities", String.join(", ", data.modalities())),
                List.of("items without train interactions", Numbers.count(notes.itemsWithoutInteractions())),
                List.of("validation users without a history", Numbers.count(notes.validUsersWithoutHistory())),
                List.of("left out: duplicate interactions", Numbers.count(notes.duplicates())),
                List.of(
                        "left out: validation interactions with items not in the catalogue",
                        Numbers.count(notes.validUnknownItems())),
                List.of(
                        "left out: validation interactions also in train",
                        Numbers.count(notes.validAlreadyInTrain()))));
        notes.live().ifPresent(live -> counts.addAll(live(live)));
        return counts;
    }

    private static List<List<String>> live(LiveCounts live) {
        return List.of(
                List.of("live interactions", Numbers.count(live.interactions())),
                List.of(
                        "left out: live interactions with items not in the catalogue",
                        Numbers.count(live.unknownItems())),
                List.of("left out: file interactions that users have removed since", Numbers.count(live.removed())),
                List.of("left out: file interactions of users erased since", Numbers.count(live.erased())));
    }

    private static Chart histogram(String id, String title, String axis, Histogram histogram) {
        return new Chart(
                "histogram-" + id,
                Chart.Kind.BARS,
                title,
                axis,
                histogram.bins().stream().map(Histogram.Bin::label).toList(),
                List.of(Chart.Series.of(
                        title,
                        "plain",
                        histogram.bins().stream()
                                .map(bin -> (double) bin.count())
                                .toList())));
    }

    private static DataTable bins(String caption, String range, String counted, Histogram histogram) {
        return new DataTable(
                caption,
                List.of(range, counted),
                histogram.bins().stream()
                        .map(bin -> List.of(bin.label(), Numbers.count(bin.count())))
                        .toList());
    }

    static Section stages(TrainingReport report) {
        List<StageCost> stages = report.stages();
        Chart chart = new Chart(
                "stages",
                Chart.Kind.ROWS,
                "Time per stage",
                "seconds",
                stages.stream().map(StageCost::stage).toList(),
                List.of(Chart.Series.of(
                        "seconds",
                        "plain",
                        stages.stream().map(StageCost::seconds).toList())));
        return new Section.Builder("stages", "Time and memory")
                .charts(List.of(chart), stageTable(stages))
                .build();
    }

    private static DataTable stageTable(List<StageCost> stages) {
        List<List<String>> rows = stages.stream()
                .map(stage ->
                        List.of(stage.stage(), Numbers.seconds(stage.seconds()), Numbers.memory(stage.peakBytes())))
                .toList();
        return new DataTable("Time and peak memory per stage", List.of("stage", "time", "peak process memory"), rows);
    }

    static Section origin(TrainingReport report) {
        Provenance origin = report.origin();
        List<List<String>> rows = List.of(
                List.of("model", origin.name()),
                List.of("family", origin.family()),
                List.of("ensemble members", String.join(", ", origin.beside())),
                List.of("created", origin.created().toString()),
                List.of("seed", String.valueOf(origin.seed())),
                List.of("device", origin.device()),
                List.of("DiffMM Server version", origin.program()),
                List.of("commit", origin.commit()),
                List.of("dataset SHA-256", report.dataset().fingerprint()));
        List<List<String>> settings = new ArrayList<>();
        flatten("", report.settings(), settings);
        return new Section.Builder("origin", "Provenance and settings")
                .table(new DataTable("Provenance", List.of("what", "value"), rows))
                .table(new DataTable("Settings", List.of("setting", "value"), settings))
                .build();
    }

    private static void flatten(String prefix, Map<?, ?> tree, List<List<String>> rows) {
        Map<String, Object> sorted = new TreeMap<>();
        tree.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        sorted.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                flatten(prefix + key + '.', inner, rows);
            } else {
                rows.add(List.of(prefix + key, String.valueOf(value)));
            }
        });
    }
}
