package io.diffmm.training.report;

import io.diffmm.datasets.DatasetNotes;
import io.diffmm.datasets.DatasetNotes.LiveNotes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The sections on the run: data, learning curves, time and memory, settings, origin.
final class RunSections {

    private RunSections() {}

    static Section curves(TrainingReport report) {
        List<CurvePoint> curve = report.curve();
        List<String> epochs =
                curve.stream().map(point -> String.valueOf(point.epoch())).toList();
        List<String> losses = List.copyOf(curve.getFirst().losses().keySet());
        List<String> metrics = List.of("ndcg@20", "recall@20");
        List<Chart> charts = new ArrayList<>();
        charts.add(new Chart(
                "curve-valid",
                Chart.Kind.LINE,
                "Metrics on valid",
                "epoch",
                epochs,
                List.of(
                        Chart.Series.of("ndcg@20", "blend", values(curve, "ndcg@20")),
                        Chart.Series.of("recall@20", "view", values(curve, "recall@20")))));
        for (int loss = 0; loss < losses.size(); loss++) {
            String stage = losses.get(loss);
            charts.add(new Chart(
                    "curve-loss-" + loss,
                    Chart.Kind.LINE,
                    "Loss: " + stage,
                    "epoch",
                    epochs,
                    List.of(Chart.Series.of(
                            stage,
                            "plain",
                            curve.stream()
                                    .map(point -> point.losses().getOrDefault(stage, 0.0))
                                    .toList()))));
        }
        return new Section.Builder("curves", "How it learnt")
                .note("Epoch %d has the highest Recall@20 on valid; its weights were kept."
                        .formatted(report.bestEpoch()))
                .charts(charts, curveTable(report, losses, metrics))
                .build();
    }

    private static List<Double> values(List<CurvePoint> curve, String metric) {
        return curve.stream()
                .map(point -> point.valid().getOrDefault(metric, 0.0))
                .toList();
    }

    private static DataTable curveTable(TrainingReport report, List<String> losses, List<String> metrics) {
        List<String> columns = new ArrayList<>(List.of("epoch"));
        losses.forEach(loss -> columns.add(loss + " loss"));
        columns.addAll(metrics);
        columns.add("time");
        List<List<String>> rows = new ArrayList<>();
        for (CurvePoint point : report.curve()) {
            List<String> row = new ArrayList<>();
            row.add(point.epoch() + (point.epoch() == report.bestEpoch() ? " (kept)" : ""));
            losses.forEach(loss -> row.add(Numbers.metric(point.losses().getOrDefault(loss, 0.0))));
            metrics.forEach(metric -> row.add(Numbers.metric(point.valid().getOrDefault(metric, 0.0))));
            row.add(Numbers.seconds(point.seconds()));
            rows.add(row);
        }
        return new DataTable("Losses and metrics of each epoch", columns, rows);
    }

    static Section dataset(TrainingReport report) {
        DatasetSummary data = report.dataset();
        DatasetNotes notes = data.notes();
        List<List<String>> counts = new ArrayList<>(List.of(
                List.of("users", Numbers.count(notes.users())),
                List.of("items", Numbers.count(notes.items())),
                List.of("interactions to train on", Numbers.count(notes.trainInteractions())),
                List.of("interactions to validate on", Numbers.count(notes.validInteractions())),
                List.of("sparsity", Numbers.percent(data.sparsity())),
                List.of("modalities", String.join(", ", data.modalities())),
                List.of("items that nobody has", Numbers.count(notes.itemsWithoutInteractions())),
                List.of("users of valid without a history", Numbers.count(notes.validUsersWithoutHistory())),
                List.of("left out: duplicates", Numbers.count(notes.duplicates())),
                List.of("left out: of items not in the catalogue", Numbers.count(notes.validUnknownItems())),
                List.of("left out: of valid that train has", Numbers.count(notes.validAlreadyInTrain()))));
        notes.live().ifPresent(live -> counts.addAll(live(live)));
        return new Section.Builder("dataset", "What it was trained on")
                .table(new DataTable("The dataset", List.of("what", "how much"), counts))
                .charts(
                        List.of(histogram(
                                "lengths", "Users by the length of their history", "items", data.historyLengths())),
                        bins("Users by the length of their history", "items", "users", data.historyLengths()))
                .charts(
                        List.of(histogram(
                                "audience", "Items by how many users have them", "users", data.itemPopularity())),
                        bins("Items by how many users have them", "users", "items", data.itemPopularity()))
                .build();
    }

    private static List<List<String>> live(LiveNotes live) {
        return List.of(
                List.of("live interactions", Numbers.count(live.interactions())),
                List.of("left out: live, of items not in the catalogue", Numbers.count(live.unknownItems())),
                List.of("left out: of files, taken back since", Numbers.count(live.removed())),
                List.of("left out: of files, of users erased since", Numbers.count(live.erased())));
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
                "Seconds of each stage",
                "seconds",
                stages.stream().map(StageCost::stage).toList(),
                List.of(Chart.Series.of(
                        "seconds",
                        "plain",
                        stages.stream().map(StageCost::seconds).toList())));
        return new Section.Builder("stages", "What it took")
                .charts(
                        List.of(chart),
                        new DataTable(
                                "Time and memory of each stage",
                                List.of("stage", "time", "peak memory of the process"),
                                stages.stream()
                                        .map(stage -> List.of(
                                                stage.stage(),
                                                Numbers.seconds(stage.seconds()),
                                                Numbers.memory(stage.peakBytes())))
                                        .toList()))
                .build();
    }

    static Section origin(TrainingReport report) {
        Origin origin = report.origin();
        List<List<String>> rows = List.of(
                List.of("model", origin.name()),
                List.of("family", origin.family()),
                List.of("beside", String.join(", ", origin.beside())),
                List.of("written", origin.created().toString()),
                List.of("seed", String.valueOf(origin.seed())),
                List.of("device", origin.device()),
                List.of("program", origin.program()),
                List.of("commit", origin.commit()),
                List.of("dataset", report.dataset().fingerprint()));
        List<List<String>> settings = new ArrayList<>();
        flatten("", report.settings(), settings);
        return new Section.Builder("origin", "How to train it again")
                .table(new DataTable("Origin", List.of("what", "value"), rows))
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
