package io.diffmm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The dashboard and the rules, and the expressions in them.
final class MonitoringFiles {

    static final Path DASHBOARD = Path.of("helm/diffmm-server/files/dashboard.json");
    static final Path RULES = Path.of("helm/diffmm-server/files/rules.yaml");
    static final Path RULES_TEST = Path.of("src/test/resources/prometheus/rules.test.yaml");

    private MonitoringFiles() {}

    /// An alert of the rules.
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

    /// The panels, rows left out.
    static Stream<JsonNode> panels() throws IOException {
        return elements(dashboard().get("panels"))
                .filter(panel -> !panel.get("type").asString().equals("row"));
    }

    /// What the panels and the annotations ask, with the variables filled in.
    static Stream<String> queries() throws IOException {
        Stream<String> ofPanels = panels().flatMap(panel -> elements(panel.get("targets")))
                .map(target -> target.get("expr").asString());
        Stream<String> ofAnnotations = elements(dashboard().at("/annotations/list"))
                .filter(annotation -> annotation.has("expr"))
                .map(annotation -> whether(annotation.get("expr").asString()));
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

    /// What the rules ask: what is recorded, under its name, and of alerts whether they hold. A comparison that does
    /// not hold would find nothing, so it is asked as one that answers with 0 or 1.
    static Stream<String> ruleQueries() throws IOException {
        return rules().map(rule -> rule.has("record")
                ? rule.get("record").asString()
                : whether(rule.get("expr").asString()));
    }

    private static String whether(String expression) {
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
