package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.training.TrainerFamily;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Consistency of values.yaml, its schema and the table in the README of the chart.
class ValuesTest {

    private static final Path SCHEMA_FILE = Chart.DIRECTORY.resolve("values.schema.json");
    private static final Path README = Chart.DIRECTORY.resolve("README.md");
    private static final String TABLE = "| Value | Default | Description |\n|---|---|---|\n";
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\\R(.*?)```");
    private static final Pattern INSTALLED = Pattern.compile("(?m)^helm install .*$");
    private static final Pattern SET = Pattern.compile("--set (\\S+)=(\\S+)");
    private static final int MAX_DEFAULT_LENGTH = 50;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final ValuesFile VALUES = ValuesFile.of(Chart.read(Chart.DIRECTORY.resolve("values.yaml")));
    private static final JsonNode SCHEMA = JSON.readTree(Chart.read(SCHEMA_FILE));

    @Test
    void comments_describeTheNextValue() {
        ValuesFile file = ValuesFile.of("""
                # Comment of the file.
                # -- First
                a:
                  b: 1
                # No description
                c:
                  # -- Second,
                  # in two lines
                  d: {e: 2}
                  f: 3
                """);

        assertThat(file.descriptions())
                .containsExactly(Map.entry("a", "First"), Map.entry("c.d", "Second, in two lines"));
        assertThat(file.leaves().keySet()).containsExactly("a", "c.d", "c.f");
        assertThat(file.groups()).containsOnlyKeys("", "c");
    }

    @Test
    void everyValue_isDescribed() {
        assertThat(VALUES.leaves().keySet()).isEqualTo(VALUES.descriptions().keySet());
    }

    @Test
    void schema_containsExactlyTheValues() {
        assertThat(VALUES.groups()).allSatisfy((name, values) -> {
            JsonNode schema = schema(name);
            Set<String> known = new TreeSet<>(schema.path("properties").propertyNames());
            if (name.isEmpty()) {
                known.remove("global"); // reserved by Helm
            }
            assertThat(known).as(name).containsExactlyInAnyOrderElementsOf(values);
            assertThat(schema.path("additionalProperties").isBoolean()).as(name).isTrue();
        });
    }

    /// Descriptions come from values.yaml, the model families from their registration.
    @Test
    void schema_hasDescriptionsAndModelFamilies() {
        JsonNode described = SCHEMA.deepCopy();
        VALUES.descriptions().forEach((path, description) -> {
            JsonNode value = described.at("/properties/" + path.replace(".", "/properties/"));
            assertThat(value.isObject()).as(path).isTrue();
            ((ObjectNode) value).put("description", description);
        });
        List<String> families =
                TrainerFamily.all().stream().map(family -> family.name()).toList();
        ((ObjectNode) described.at("/properties/training/properties/model")).set("enum", JSON.valueToTree(families));

        Generated.check(SCHEMA_FILE, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(described) + "\n");
    }

    @Test
    void readme_containsTheTableOfValues() {
        String readme = Chart.read(README);
        assertThat(readme).contains(TABLE);

        Generated.check(README, readme.substring(0, readme.indexOf(TABLE)) + table());
    }

    @Test
    void readme_containsValidExamples() {
        List<MatchResult> examples =
                EXAMPLE.matcher(Chart.read(README)).results().toList();

        assertThat(examples)
                .hasSize(3)
                .allSatisfy(example ->
                        assertThat(Chart.with(example.group(1)).objects()).isNotEmpty());
    }

    /// An empty volume would hide the demo model of the image.
    @Test
    void projectReadme_installsTheDemoModel() {
        Map<String, Object> values = INSTALLED
                .matcher(Chart.read(Path.of("README.md")))
                .results()
                .flatMap(command -> SET.matcher(command.group()).results())
                .map(set -> nested(set.group(1), set.group(2)))
                .reduce(Map.of(), Yaml::merge);

        assertThat(values).isNotEmpty();
        assertThat(Chart.with(Yaml.write(values)).container(Rendering.SERVING).getVolumeMounts())
                .noneMatch(mount -> mount.getMountPath().equals("/artifacts"));
    }

    /// Returns the object `a: {b: c}` for `a.b` and `c`.
    private static Map<String, Object> nested(String path, String value) {
        String braces = "}".repeat(path.split("\\.").length - 1);
        return Yaml.object("%s: %s%s".formatted(path.replace(".", ": {"), value, braces));
    }

    private static JsonNode schema(String path) {
        JsonNode node = SCHEMA;
        for (String name : path.isEmpty() ? new String[0] : path.split("\\.")) {
            node = node.path("properties").path(name);
            if (node.has("$ref")) {
                node = SCHEMA.at(node.path("$ref").stringValue().substring(1));
            }
        }
        return node;
    }

    private static String table() {
        Map<String, Object> leaves = VALUES.leaves();
        return VALUES.descriptions().entrySet().stream()
                .map(value -> row(value, Objects.requireNonNull(leaves.get(value.getKey()))))
                .collect(Collectors.joining("", TABLE, ""));
    }

    private static String row(Entry<String, String> value, Object standard) {
        String text = JSON.writeValueAsString(standard);
        String shown = text.length() > MAX_DEFAULT_LENGTH ? "see `values.yaml`" : "`%s`".formatted(text);
        return "| `%s` | %s | %s |\n".formatted(value.getKey(), shown, value.getValue());
    }
}
