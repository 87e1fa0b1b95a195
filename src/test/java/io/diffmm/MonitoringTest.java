package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Consistency of alerts, dashboard, runbook pages and rule tests.
class MonitoringTest {

    private static final Path RUNBOOK = Path.of("docs/runbook");
    private static final Pattern SELECTOR = Pattern.compile("\\{[^}]*}");
    private static final Pattern METRIC =
            Pattern.compile("\\b(diffmm[_:]|http_|jvm_|process_|cache_|DCGM_)[A-Za-z0-9_:]*+.?");
    private static final List<String> SECTIONS = List.of("## What it means", "## What to look at", "## What to do");

    static Stream<MonitoringFiles.Alert> alerts() throws Exception {
        return MonitoringFiles.alerts();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void alert_hasARunbookPage(MonitoringFiles.Alert alert) throws Exception {
        assertThat(alert.runbook()).isEqualTo("docs/runbook/%s.md".formatted(alert.name()));
        assertThat(Files.readString(Path.of(alert.runbook())))
                .startsWith("# " + alert.name() + "\n")
                .contains(SECTIONS);
        assertThat(alert.severity()).isIn("critical", "warning");
    }

    @Test
    void runbookPages_matchAlerts() throws Exception {
        var pages = new TreeSet<String>();
        try (Stream<Path> files = Files.list(RUNBOOK)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("README.md"))
                    .forEach(pages::add);
        }
        var named = new TreeSet<String>();
        alerts().map(alert -> alert.name() + ".md").forEach(named::add);

        assertThat(pages).isEqualTo(named);
    }

    /// Each alert has a test in which it fires and one in which it does not: an alert that always or never fires passes
    /// one of them.
    @Test
    void alerts_haveFiringAndSilentTests() throws Exception {
        Set<String> firing = new HashSet<>();
        Set<String> silent = new HashSet<>();
        MonitoringFiles.elements(
                        MonitoringFiles.yaml(MonitoringFiles.RULES_TEST).get("tests"))
                .flatMap(test -> MonitoringFiles.elements(test.get("alert_rule_test")))
                .forEach(test -> (test.get("exp_alerts").isEmpty() ? silent : firing)
                        .add(test.get("alertname").asString()));
        List<String> names = alerts().map(MonitoringFiles.Alert::name).toList();

        assertThat(firing).containsExactlyInAnyOrderElementsOf(names);
        assertThat(silent).containsExactlyInAnyOrderElementsOf(names);
    }

    /// Prometheus evaluates groups that the tests do not name in random order.
    @Test
    void tests_evaluateGroupsInTheOrderOfTheFile() throws Exception {
        Stream<String> groups = MonitoringFiles.elements(
                        MonitoringFiles.yaml(MonitoringFiles.RULES).get("groups"))
                .map(group -> group.get("name").asString());
        Stream<String> order = MonitoringFiles.elements(
                        MonitoringFiles.yaml(MonitoringFiles.RULES_TEST).get("group_eval_order"))
                .map(JsonNode::asString);

        assertThat(order).containsExactlyElementsOf(groups.toList());
    }

    /// Selectors match one namespace or all. Without Kubernetes the label is missing, which `.*` matches as well.
    @Test
    void dashboardSelectors_useTheNamespaceVariable() throws Exception {
        JsonNode dashboard = MonitoringFiles.dashboard();
        Stream<String> queries = Stream.concat(
                        MonitoringFiles.panels().flatMap(panel -> MonitoringFiles.elements(panel.get("targets"))),
                        MonitoringFiles.elements(dashboard.at("/annotations/list")))
                .map(query -> query.get("expr").asString());

        assertThat(queries.flatMap(query -> SELECTOR.matcher(query).results().map(MatchResult::group)))
                .hasSizeGreaterThan(50)
                .allMatch(selector -> selector.startsWith("{namespace=~\"$namespace\""));
        assertThat(MonitoringFiles.elements(dashboard.at("/templating/list"))
                        .filter(variable -> variable.get("name").asString().equals("namespace")))
                .singleElement()
                .satisfies(variable ->
                        assertThat(variable.get("allValue").asString()).isEqualTo(".*"));
    }

    /// A metric without a selector would match all namespaces.
    @Test
    void dashboardMetrics_haveSelectors() throws Exception {
        Stream<String> queries = MonitoringFiles.panels()
                .flatMap(panel -> MonitoringFiles.elements(panel.get("targets")))
                .map(query -> query.get("expr").asString());

        assertThat(queries.flatMap(query -> METRIC.matcher(query).results().map(MatchResult::group)))
                .hasSizeGreaterThan(50)
                .allMatch(metric -> metric.endsWith("{"));
    }

    @Test
    void panels_haveTitlesAndQueries_andDoNotOverlap() throws Exception {
        Set<String> places = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : MonitoringFiles.panels().toList()) {
            assertThat(panel.get("title").asString()).isNotBlank();
            assertThat(panel.get("targets")).isNotEmpty();
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            JsonNode place = panel.get("gridPos");
            for (int x = 0; x < place.get("w").asInt(); x++) {
                for (int y = 0; y < place.get("h").asInt(); y++) {
                    int column = place.get("x").asInt() + x;
                    assertThat(column).isLessThan(24);
                    assertThat(places.add(column + " " + (place.get("y").asInt() + y)))
                            .as("%s is free for %s", place, panel.get("title"))
                            .isTrue();
                }
            }
        }
    }
}
