package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import io.diffmm.report.TrainingReport.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.webjars.WebJarVersionLocator;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Writes a training report as `report.json`, for programs, and as `report.html`, for people.
///
/// The page is self-contained: style, scripts, chart library and data are inlined, and its Content-Security-Policy
/// forbids loading anything else, whatever text the report contains.
public final class ReportFiles {

    /// File name of the report for programs.
    public static final String JSON = "report.json";

    /// File name of the report for people.
    public static final String PAGE = "report.html";

    private static final JsonMapper MAPPER = new JsonMapper();

    private static final JsonMapper INDENTING =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ReportFiles() {}

    /// Writes `report.json`.
    public static void writeJson(TrainingReport report, Path file) throws IOException {
        Files.writeString(file, INDENTING.writeValueAsString(report) + '\n');
    }

    /// Writes `report.html`.
    public static void writePage(TrainingReport report, Path file) throws IOException {
        Files.writeString(file, page(report));
    }

    static String page(TrainingReport report) {
        List<Section> sections = sections(report);
        Map<String, Markup> values = new HashMap<>();
        values.put("title", Markup.text("Training report: %s – %s"
                        .formatted(report.origin().name(), report.blending().served())));
        values.put("style", new Markup(resource("report/page.css")));
        values.put("summary", summary(report));
        values.put("contents", contents(sections));
        values.put(
                "sections", Markup.concat(sections.stream().map(Section::markup).toList()));
        values.put("charts", charts(report, sections));
        values.put("library", new Markup(chartLibrary()));
        values.put("script", new Markup(resource("report/page.js")));
        return new Markup.Template(resource("report/page.html")).fill(values);
    }

    private static List<Section> sections(TrainingReport report) {
        return List.of(
                RankingSections.rankings(report),
                BlendSections.blend(report),
                RankingSections.comparison(report),
                RankingSections.byHistoryLength(report),
                RankingSections.byPopularity(report),
                RankingSections.catalogue(report),
                RunSections.curves(report),
                RunSections.dataset(report),
                RunSections.stages(report),
                RunSections.origin(report));
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
        tiles.add(tile("NDCG@20 (validation)", Numbers.metric(ndcg.value()), Numbers.interval(ndcg)));
        tiles.add(tile("Recall@20 (validation)", Numbers.metric(recall.value()), Numbers.interval(recall)));
        difference(report)
                .ifPresent(difference -> tiles.add(tile(
                        "NDCG@20, change from the current version",
                        Numbers.difference(difference.value()),
                        Numbers.interval(difference))));
        tiles.add(tile(
                "Coverage@20",
                Numbers.percent(report.blend().variety().coverage()),
                "of %s items".formatted(Numbers.count(report.dataset().notes().items()))));
        return Markup.concat(List.of(
                verdict(report.verdict()),
                notes(report.verdict()),
                Markup.element("dl", Map.of("class", "tiles"), tiles.toArray(Markup[]::new))));
    }

    private static Optional<Estimate> difference(TrainingReport report) {
        return report.comparison()
                .flatMap(Comparison::blend)
                .map(ranking -> ranking.differences().get("ndcg@20"));
    }

    private static Markup verdict(Verdict verdict) {
        String text = switch (verdict.outcome()) {
            case PUBLISHED -> "Published.";
            case FORCED -> "Published by force although the quality gate failed: ";
            case UNPUBLISHED -> "Not published; the quality gate failed: ";
        };
        return Markup.element(
                "p",
                Map.of("class", "verdict " + verdict.outcome().label()),
                Markup.text(text + String.join(" ", verdict.reasons())));
    }

    private static Markup notes(Verdict verdict) {
        return Markup.concat(verdict.notes().stream()
                .map(note -> Markup.element("p", Map.of("class", "note"), Markup.text(note)))
                .toList());
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

    /// Returns the charts as JSON without `<` and `>`, so that no text can close the script element around it.
    private static Markup charts(TrainingReport report, List<Section> sections) {
        List<Chart> charts =
                sections.stream().flatMap(section -> section.charts().stream()).toList();
        List<String> roles = report.rankings().stream()
                .map(ranking -> ranking.role().label())
                .toList();
        Map<String, Object> data = Map.of("charts", charts, "roles", roles, "best", report.bestEpoch());
        return new Markup(
                MAPPER.writeValueAsString(data).replace("<", "\\u003c").replace(">", "\\u003e"));
    }

    /// Returns Chart.js without the reference to its source map, which a browser would try to load.
    private static String chartLibrary() {
        String path = Optional.ofNullable(new WebJarVersionLocator().fullPath("chart.js", "dist/chart.umd.min.js"))
                .orElseThrow(() -> new IllegalStateException("the Chart.js WebJar is missing from the class path"));
        String script = resource(path).replaceAll("(?m)^//# sourceMappingURL=.*$", "");
        if (script.contains("</script")) {
            throw new IllegalStateException("Chart.js contains '</script' and cannot be inlined");
        }
        return script;
    }

    private static String resource(String path) {
        try (InputStream in = ReportFiles.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("%s is missing from the class path".formatted(path));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
