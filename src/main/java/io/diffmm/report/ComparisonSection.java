package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The section on the version that is current.
final class ComparisonSection {

    private ComparisonSection() {}

    static Section of(TrainingReport report) {
        var section = new Section.Builder("comparison", "Beside the current version");
        Optional<Comparison> comparison = report.comparison();
        if (comparison.isEmpty()) {
            return section.note("No version was compared with: none is current, or it could not be measured.")
                    .build();
        }
        return section.note(explanation(comparison.get()))
                .table(new DataTable(
                        "The new model beside version %s"
                                .formatted(comparison.get().version()),
                        List.of(
                                "ranking",
                                "metric",
                                "stored with it",
                                "measured now",
                                "new",
                                "difference",
                                "95 % interval"),
                        rows(report, comparison.get())))
                .build();
    }

    private static String explanation(Comparison comparison) {
        String data = comparison.sameData()
                ? "It was trained and measured on the same data."
                : "It was trained on other data; its stored metrics are of those, and it was measured again on the data of now.";
        return "Version %s of %s. %s An interval that holds zero means that the two cannot be told apart."
                .formatted(comparison.version(), comparison.created(), data);
    }

    private static List<List<String>> rows(TrainingReport report, Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        for (ComparedRanking ranking : comparison.rankings()) {
            Map<String, Estimate> after = report.rankings().stream()
                    .filter(measured -> measured.name().equals(ranking.name()))
                    .findFirst()
                    .map(MeasuredRanking::metrics)
                    .orElse(Map.of());
            for (String metric : List.of("ndcg@20", "recall@20")) {
                rows.add(row(ranking, metric, Optional.ofNullable(after.get(metric))));
            }
        }
        return rows;
    }

    private static List<String> row(ComparedRanking ranking, String metric, Optional<Estimate> after) {
        Optional<Estimate> difference =
                Optional.ofNullable(ranking.differences().get(metric));
        return List.of(
                ranking.name(),
                metric,
                number(ranking.stored().get(metric)),
                number(ranking.now().get(metric)),
                after.map(estimate -> Numbers.metric(estimate.value())).orElse("–"),
                difference.map(estimate -> Numbers.difference(estimate.value())).orElse("–"),
                difference.map(Numbers::interval).orElse("–"));
    }

    private static String number(@Nullable Double value) {
        return value == null ? "–" : Numbers.metric(value);
    }
}
