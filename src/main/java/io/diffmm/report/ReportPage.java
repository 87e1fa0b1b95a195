package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// `report.html`: a training report as one page that needs nothing beside itself.
///
/// A policy in the page forbids browsers to load anything, whatever the text in it may hold.
final class ReportPage {

    private static final JsonMapper MAPPER = new JsonMapper();

    private ReportPage() {}

    static String of(TrainingReport report) {
        List<Section> sections = List.of(
                RankingSections.rankings(report),
                ComparisonSection.of(report),
                RankingSections.byHistoryLength(report),
                RankingSections.byPopularity(report),
                RankingSections.lists(report),
                RunSections.curves(report),
                RunSections.dataset(report),
                RunSections.stages(report),
                RunSections.origin(report));
        return new Template(PageResource.own("page.html"))
                .fill(Map.of(
                        "title",
                        Markup.text("Training report: " + report.origin().name()),
                        "style",
                        new Markup(PageResource.own("page.css")),
                        "summary",
                        summary(report),
                        "contents",
                        contents(sections),
                        "sections",
                        Markup.all(sections.stream().map(Section::markup).toList()),
                        "charts",
                        charts(report, sections),
                        "library",
                        new Markup(PageResource.chartLibrary()),
                        "script",
                        new Markup(PageResource.own("page.js"))));
    }

    private static Markup contents(List<Section> sections) {
        return Markup.element(
                "ul",
                sections.stream()
                        .map(section -> Markup.element(
                                "li",
                                Markup.element("a", Map.of("href", '#' + section.id()), Markup.text(section.title()))))
                        .toArray(Markup[]::new));
    }

    private static Markup summary(TrainingReport report) {
        List<Markup> tiles = new ArrayList<>();
        Estimate ndcg = report.blend().metric("ndcg@20");
        Estimate recall = report.blend().metric("recall@20");
        tiles.add(tile("NDCG@20 on valid", Numbers.metric(ndcg.value()), Numbers.interval(ndcg)));
        tiles.add(tile("Recall@20 on valid", Numbers.metric(recall.value()), Numbers.interval(recall)));
        difference(report)
                .ifPresent(difference -> tiles.add(tile(
                        "NDCG@20 against the current version",
                        Numbers.difference(difference.value()),
                        Numbers.interval(difference))));
        tiles.add(tile(
                "Coverage@20",
                Numbers.percent(report.blend().variety().coverage()),
                "of %s items".formatted(Numbers.count(report.dataset().notes().items()))));
        return Markup.all(
                verdict(report.verdict()),
                Markup.element("dl", Map.of("class", "tiles"), tiles.toArray(Markup[]::new)));
    }

    private static Optional<Estimate> difference(TrainingReport report) {
        return report.comparison()
                .flatMap(Comparison::blend)
                .map(ranking -> ranking.differences().get("ndcg@20"));
    }

    private static Markup verdict(Verdict verdict) {
        String text = switch (verdict.outcome()) {
            case PUBLISHED -> "Published.";
            case FORCED -> "Published by force, although it did not pass: ";
            case UNPUBLISHED -> "Not published: ";
        };
        return Markup.element(
                "p",
                Map.of("class", "verdict " + verdict.outcome().label()),
                Markup.text(text + String.join(" ", verdict.reasons())));
    }

    private static Markup tile(String name, String value, String detail) {
        return Markup.element(
                "div",
                Markup.element("dt", Markup.text(name)),
                Markup.element(
                        "dd",
                        Markup.element("strong", Markup.text(value)),
                        Markup.element("span", Markup.text(detail))));
    }

    /// As JSON that cannot end the script element it stands in.
    private static Markup charts(TrainingReport report, List<Section> sections) {
        List<Chart> charts =
                sections.stream().flatMap(section -> section.charts().stream()).toList();
        List<String> tones = report.rankings().stream()
                .map(ranking -> ranking.role().label())
                .toList();
        Map<String, Object> data = Map.of("charts", charts, "roles", tones, "best", report.bestEpoch());
        return new Markup(
                MAPPER.writeValueAsString(data).replace("<", "\\u003c").replace(">", "\\u003e"));
    }
}
