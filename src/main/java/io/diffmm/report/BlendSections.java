package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Metric;
import io.diffmm.report.BlendSelection.Removal;
import io.diffmm.report.Section.DataTable;
import io.diffmm.report.TrainingReport.BlendSummary;
import io.diffmm.report.TrainingReport.Verdict.GateComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Section on the blend: its weights, the reliability of their choice, the cost of removing a view, and
/// the comparisons of the quality gate.
final class BlendSections {

    private static final String NONE = "–";

    private static final List<String> METRICS =
            MeasuredRanking.GROUP_METRICS.stream().map(Metric::name).toList();

    private BlendSections() {}

    static Section blend(TrainingReport report) {
        BlendSummary blending = report.blending();
        var section = new Section.Builder("blend", "Blend of the views")
                .note("Served: %s.".formatted(blending.served()))
                .note(weights(blending))
                .note(chosen(blending.selection()))
                .table(figures(report));
        if (blending.selection().removals().isEmpty()) {
            section.note("There is no other view with a weight, so no view can be removed.");
        } else {
            section.note(
                            "Cost of removal: blend minus the best blend of the other views, both fitted without the user, paired by user. A view whose interval contains zero may contribute nothing.")
                    .table(removals(blending.selection()));
        }
        return section.note(
                        "The quality gate compares lists by weights that are fitted without their user, except with a version that was trained on the same data. Against popularity, its level of confidence accounts for the number of epochs that the best was chosen from.")
                .table(gate(report.verdict().comparisons()))
                .build();
    }

    private static String weights(BlendSummary blending) {
        String sum = blending.views().stream().map(BlendSections::part).collect(Collectors.joining(" + "));
        return "The blend is %s. The item-item model (view linear) was fitted as %s.".formatted(sum, blending.linear());
    }

    private static String part(BlendSummary.BlendedView part) {
        String score = part.logOffset()
                .map(offset -> "log(1 + %s / %s)".formatted(part.view(), Numbers.weight(offset)))
                .orElse(part.view());
        String recency = part.recencyPower() == 0 || part.recencyFloor() == 1
                ? ""
                : " (recency floor %s, power %s)".formatted(part.recencyFloor(), part.recencyPower());
        return Numbers.weight(part.weight()) + " × " + score + recency;
    }

    private static String chosen(BlendSelection selection) {
        String folds = selection.foldUsers() == 0
                ? ""
                : ", and on the newest interaction of %s users, which models trained without it had to find"
                        .formatted(Numbers.count(selection.foldUsers()));
        String regret = selection
                .regret()
                .map(found ->
                        " Regret: on %d random halves of the users, the best blend in hindsight is better by %s NDCG@20 than the blend chosen without them."
                                .formatted(found.halves(), Numbers.metric(found.mean())))
                .orElse("");
        return "The weights were chosen on %s users of the validation split%s.%s"
                .formatted(Numbers.count(selection.validUsers()), folds, regret);
    }

    private static DataTable figures(TrainingReport report) {
        BlendSelection selection = report.blending().selection();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("blend, weights chosen on the same users", report.blend().metrics()));
        rows.add(row("blend, weights fitted without the user", report.blending().outOfFold()));
        rows.add(List.of("uniform blend", Numbers.metric(selection.uniform()), NONE));
        selection.folds().ifPresent(ndcg -> rows.add(List.of("blend on the folds", Numbers.metric(ndcg), NONE)));
        return new DataTable("Blend in sample and out of fold", columns("ranking", ""), rows);
    }

    private static List<String> columns(String first, String suffix) {
        List<String> columns = new ArrayList<>(List.of(first));
        METRICS.forEach(metric -> columns.add(metric + suffix));
        return columns;
    }

    private static List<String> row(String name, Map<String, Estimate> estimates) {
        List<String> row = new ArrayList<>(List.of(name));
        METRICS.forEach(metric -> row.add(Optional.ofNullable(estimates.get(metric))
                .map(Numbers::withInterval)
                .orElse(NONE)));
        return row;
    }

    private static DataTable removals(BlendSelection selection) {
        List<String> columns = columns("without", ", validation");
        METRICS.forEach(metric -> columns.add(metric + ", folds"));
        List<List<String>> rows = new ArrayList<>();
        for (Removal removal : selection.removals()) {
            List<String> row = new ArrayList<>(List.of(removal.view()));
            for (Map<String, Estimate> costs : List.of(removal.valid(), removal.folds())) {
                METRICS.forEach(metric -> row.add(cost(Optional.ofNullable(costs.get(metric)))));
            }
            rows.add(row);
        }
        return new DataTable("Cost of removing a view, with 95 % confidence intervals", columns, rows);
    }

    private static String cost(Optional<Estimate> cost) {
        return cost.map(found -> Numbers.difference(found.value()) + "\n" + Numbers.interval(found))
                .orElse(NONE);
    }

    private static DataTable gate(List<GateComparison> comparisons) {
        List<List<String>> rows = comparisons.stream()
                .map(compared -> List.of(
                        compared.other(),
                        Numbers.metric(compared.modelNdcg()),
                        Numbers.metric(compared.otherNdcg()),
                        Numbers.difference(compared.difference().value()),
                        Numbers.interval(compared.difference()),
                        Numbers.percent(compared.confidence())))
                .toList();
        return new DataTable(
                "NDCG@20 of the model, out of fold, and of what it is compared with",
                List.of("compared with", "model", "other", "difference", "interval", "confidence"),
                rows);
    }
}
