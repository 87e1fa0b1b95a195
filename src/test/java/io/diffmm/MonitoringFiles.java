package io.diffmm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Reader of the Grafana dashboard and the Prometheus rules, and of the expressions in them.
final class MonitoringFiles {

    static final Path DASHBOARD = Path.of("helm/diffmm-server/files/dashboard.json");
    static final Path RULES = Path.of("helm/diffmm-server/files/rules.yaml");
    static final Path RULES_TEST = Path.of("src/test/resources/prometheus/rules.test.yaml");

    private MonitoringFiles() {}

    /// Alert of the rules.
    record Alert(String name, String expression, String severity, String runbook) {}

    static JsonNode dashboard() throws IOException {
        return new JsonMapper().readTree(Files.readString(DASHBOARD));
    }

    static JsonNode yaml(Path file) throws IOException {
        return new YAMLMapper().readTree(Files.readString(file));
    }

    static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /// Returns the panels without the rows.
    static Stream<JsonNode> panels() throws IOException {
        return elements(dashboard().get("panels"))
                .filter(panel -> !panel.get("type").asString().equals("row"));
    }

    /// Returns the expressions of panels and annotations, with values for the variables.
    static Stream<String> queries() throws IOException {
        Stream<String> ofPanels = panels().flatMap(panel -> elements(panel.get("targets")))
                .map(target -> target.get("expr").asString());
        Stream<String> ofAnnotations = elements(dashboard().at("/annotations/list"))
                .filter(annotation -> annotation.has("expr"))
                .map(annotation -> asBoolean(annotation.get("expr").asString()));
        return Stream.concat(ofPanels, ofAnnotations)
                .map(expression -> expression
                        .replace("$namespace", ".*")
                        .replace("$job", "diffmm-server")
                        .replace("$instance", ".*")
                        .replace("$__rate_interval", "1m"));
    }

    private static Stream<JsonNode> rules() throws IOException {
        return elements(yaml(RULES).get("groups")).flatMap(group -> elements(group.get("rules")));
    }

    /// Returns the queries of the rules: names of recorded series, and conditions of alerts. A comparison gets the
    /// `bool` modifier, because a false one would return no series.
    static Stream<String> ruleQueries() throws IOException {
        return rules().map(rule -> rule.has("record")
                ? rule.get("record").asString()
                : asBoolean(rule.get("expr").asString()));
    }

    private static String asBoolean(String expression) {
        return expression.replaceAll(" ([<>]=?|==) ", " $1 bool ");
    }

    static Stream<Alert> alerts() throws IOException {
        return rules().filter(rule -> rule.has("alert"))
                .map(rule -> new Alert(
                        rule.get("alert").asString(),
                        rule.get("expr").asString(),
                        rule.at("/labels/severity").asString(),
                        rule.at("/annotations/runbook_url").asString()));
    }
}
