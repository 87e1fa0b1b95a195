package io.diffmm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.report.DatasetSummary.Histogram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportFilesTest {

    @TempDir
    Path directory;

    @Test
    void page_containsEverySectionWithTables() {
        Document page = Jsoup.parse(ReportFiles.page(Reports.with("shop")));

        assertThat(page.title()).isEqualTo("Training report: shop – diffmm: shop");
        assertThat(page.select("section h2").eachText()).hasSize(10).contains("Ranking quality", "Learning curves");
        assertThat(page.select("section").stream()
                        .allMatch(section -> !section.select("table").isEmpty()))
                .isTrue();
        assertThat(page.select("#rankings tbody th").eachText())
                .containsExactly("blend", "view shop", "popularity", "EASE");
        assertThat(page.select("#comparison tbody tr")).hasSize(4);
        assertThat(page.select("#origin tbody th").eachText()).contains("diffusion.hidden", "seed", "commit");
        assertThat(page.select(".verdict").text()).startsWith("Published by force");
    }

    @Test
    void everyChart_hasCanvasNameAndNumbers() {
        Document page = Jsoup.parse(ReportFiles.page(Reports.with("shop")));

        JsonNode charts = data(page).get("charts");
        assertThat(charts.valueStream().map(chart -> chart.get("id").asString()))
                .containsExactlyElementsOf(page.select("canvas").eachAttr("id"));
        for (JsonNode chart : charts) {
            int places = chart.get("labels").size();
            for (JsonNode series : chart.get("series")) {
                assertThat(series.get("values")).hasSize(places);
                assertThat(series.get("low").size()).isIn(0, places);
            }
        }
        assertThat(page.select("canvas").eachAttr("aria-label")).allMatch(label -> label.length() > 20);
        assertThat(page.select("canvas").eachAttr("role")).containsOnly("img");
    }

    @Test
    void blend_namesWeightFormAndRecencyOfEachView() {
        Document page = Jsoup.parse(ReportFiles.page(Reports.with("shop")));

        assertThat(page.select("#blend").text())
                .contains(
                        "The blend is 2.50 × view shop (recency floor 0.1, power 3.0) + 1.50 × log(1 + linear / 0.000300).");
    }

    @Test
    void cells_showTheIntervalBelowTheMean() {
        Document page = Jsoup.parse(ReportFiles.page(Reports.with("shop")));

        assertThat(page.select("#rankings tbody tr").getFirst().select("td small"))
                .hasSize(6);
    }

    @Test
    void tables_areAccessible() {
        Document page = Jsoup.parse(ReportFiles.page(Reports.with("shop")));

        for (Element table : page.select("table")) {
            assertThat(table.select("caption").text()).isNotBlank();
            assertThat(table.select("thead th[scope=col]")).isNotEmpty();
            assertThat(table.select("tbody tr").stream()
                            .allMatch(row -> row.select("th[scope=row]").size() == 1))
                    .isTrue();
        }
        assertThat(page.select("html").attr("lang")).isEqualTo("en");
    }

    @Test
    void page_loadsNoExternalResource() {
        Document page = Jsoup.parse(ReportFiles.page(Reports.with("shop")));

        assertThat(page.select("[src], link, iframe, object, embed, img, base, form"))
                .isEmpty();
        assertThat(page.select("[href]").eachAttr("href")).allMatch(link -> link.startsWith("#"));
        assertThat(page.select("style").html()).doesNotContain("url(").doesNotContain("@import");
        assertThat(page.html()).doesNotContain("sourceMappingURL");
        assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .contains("default-src 'none'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "</script><script>alert(1)</script>",
                "' onmouseover='alert(1)",
                "<!--<script>",
                "{{library}} $1 \\",
                "&lt;b&gt;"
            })
    void hostileText_isEscaped(String text) {
        Document plain = Jsoup.parse(ReportFiles.page(Reports.with("shop")));

        Document page = Jsoup.parse(ReportFiles.page(Reports.with(text)));

        assertThat(page.title()).isEqualTo("Training report: %s – diffmm: %s".formatted(text, text));
        assertThat(page.select("#rankings tbody th").eachText()).contains("view " + text);
        assertThat(data(page).at("/charts/0/labels/1").asString()).isEqualTo("view " + text);
        assertThat(page.getAllElements()).hasSameSizeAs(plain.getAllElements());
        assertThat(page.select("*").stream()
                        .flatMap(element -> element.attributes().asList().stream())
                        .filter(attribute -> attribute.getKey().startsWith("on")))
                .isEmpty();
    }

    @Test
    void reportOfFirstTraining_hasAPage() {
        Document page = Jsoup.parse(ReportFiles.page(Reports.small()));

        assertThat(page.select("#comparison").text()).contains("No comparison");
        assertThat(page.select(".verdict").text()).isEqualTo("Published.");
        assertThat(page.select("#blend").text()).contains("no view can be removed").doesNotContain("Regret");
    }

    @Test
    void page_namesServedViewsAndShowsTheChoiceOfTheBlend() {
        Document page = Jsoup.parse(ReportFiles.page(Reports.with("shop")));

        assertThat(page.title()).isEqualTo("Training report: shop – diffmm: shop");
        assertThat(page.select("#blend").text())
                .contains("120 users", "better by 0.0013 NDCG@20")
                .contains("weights fitted without the user", "0.4000 to 0.4800", "+0.0110", "99.90 %");
        assertThat(page.text()).contains("no weight: shop");
    }

    @Test
    void files_containTheSameNumbers() throws IOException {
        Path json = directory.resolve("report.json");
        Path html = directory.resolve("report.html");
        TrainingReport report = Reports.with("Käse & Brot");

        ReportFiles.writeJson(report, json);
        ReportFiles.writePage(report, html);

        JsonNode tree = new JsonMapper().readTree(json);
        assertThat(tree.at("/formatVersion").asInt()).isEqualTo(1);
        assertThat(tree.at("/verdict/outcome").asString()).isEqualTo("forced");
        assertThat(tree.at("/rankings/0/role").asString()).isEqualTo("blend");
        assertThat(tree.at("/comparison/rankings/0/differences/ndcg@20/low").isNumber())
                .isTrue();
        assertThat(tree.at("/stages/1/peakBytes").isNull()).isTrue();
        double ndcg = tree.at("/rankings/0/metrics/ndcg@20/value").asDouble();
        assertThat(Jsoup.parse(Files.readString(html)).select(".tiles strong").eachText())
                .contains(Numbers.metric(ndcg), "%+.4f".formatted(difference(tree)));
    }

    private static double difference(JsonNode tree) {
        return tree.at("/comparison/rankings/0/differences/ndcg@20/value").asDouble();
    }

    @Test
    void report_needsExactlyOneBlend() {
        TrainingReport report = Reports.with("shop");

        assertThatThrownBy(() -> withRankings(report, report.rankings().subList(1, 3)))
                .hasMessageContaining("one must be the blend");
        assertThatThrownBy(() -> withRankings(report, List.of(report.blend(), report.blend())))
                .hasMessageContaining("one must be the blend");
        assertThatThrownBy(() -> report.blend().metric("auc")).hasMessageContaining("auc");
    }

    private static TrainingReport withRankings(TrainingReport report, List<MeasuredRanking> rankings) {
        return new TrainingReport(
                report.formatVersion(),
                report.origin(),
                report.verdict(),
                report.dataset(),
                report.curve(),
                report.bestEpoch(),
                report.seeds(),
                rankings,
                report.blending(),
                report.leftOut(),
                report.comparison(),
                report.stages(),
                report.settings());
    }

    @Test
    void template_placeholderWithoutValue_isRejected() {
        assertThat(new Markup.Template("a {{b}} c").fill(Map.of("b", Markup.text("<{{b}}>"))))
                .isEqualTo("a &lt;{{b}}&gt; c");
        assertThatThrownBy(() -> new Markup.Template("{{b}}").fill(Map.of())).hasMessageContaining("{{b}}");
    }

    @Test
    void histogram_hasBinsOfDoublingWidth() {
        assertThat(Histogram.of(new int[] {0, 1, 2, 3, 4, 7, 8}).bins())
                .extracting(bin -> bin.label() + ": " + bin.count())
                .containsExactly("0: 1", "1: 1", "2–3: 2", "4–7: 2", "8–15: 1");
        assertThat(Histogram.of(new int[] {2, Integer.MAX_VALUE})
                        .bins()
                        .getLast()
                        .count())
                .isEqualTo(1);
        assertThat(Histogram.of(new int[0]).bins()).isEmpty();
    }

    @Test
    void catalogueMetrics_matchHandComputedShares() {
        // 8 interactions; item 1 has 2 of them (2 bits), item 2 has 4 (1 bit), item 3 none, which counts as one (3
        // bits).
        int[] popularity = {2, 2, 4, 0};
        List<UserOutcome> outcomes = List.of(
                new UserOutcome(user(0, 0), 1, new int[] {1, 2, 0}), new UserOutcome(user(1, 0), 1, new int[] {3}));

        MeasuredRanking.CatalogueMetrics metrics = MeasuredRanking.CatalogueMetrics.of(outcomes, 2, popularity);

        assertThat(metrics.coverage()).isEqualTo(0.75);
        assertThat(metrics.novelty()).isCloseTo((2 + 1 + 3) / 3.0, within(1e-12));
    }

    private static HeldOutUser user(int row, int... items) {
        return new HeldOutUser(OptionalInt.of(row), "u" + row, items);
    }

    private static JsonNode data(Document page) {
        return new JsonMapper().readTree(page.select("script#data").html());
    }
}
