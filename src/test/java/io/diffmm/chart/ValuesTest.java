package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

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

/// The chart's values, their schema and their description say the same.
class ValuesTest {

    private static final Path SCHEMA_FILE = Chart.DIRECTORY.resolve("values.schema.json");
    private static final Path README = Chart.DIRECTORY.resolve("README.md");
    private static final String TABLE = "| value | default | meaning |\n|---|---|---|\n";
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\\R(.*?)```");
    private static final Pattern INSTALLED = Pattern.compile("(?m)^helm install .*$");
    private static final Pattern SET = Pattern.compile("--set (\\S+)=(\\S+)");
    private static final int LONGEST_DEFAULT = 50;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final ValuesFile VALUES = ValuesFile.of(Chart.read(Chart.DIRECTORY.resolve("values.yaml")));
    private static final JsonNode SCHEMA = JSON.readTree(Chart.read(SCHEMA_FILE));

    @Test
    void comments_areOfTheValueThatFollows() {
        ValuesFile file = ValuesFile.of("""
                # Of the file.
                # -- First
                a:
                  b: 1
                # Of nobody
                c:
                  # -- Second,
                  # in two lines
                  d: {e: 2}
                  f: 3
                """);

        assertThat(file.meanings()).containsExactly(Map.entry("a", "First"), Map.entry("c.d", "Second, in two lines"));
        assertThat(file.leaves().keySet()).containsExactly("a", "c.d", "c.f");
        assertThat(file.groups()).containsOnlyKeys("", "c");
    }

    @Test
    void everyValue_isDescribed() {
        assertThat(VALUES.leaves().keySet()).isEqualTo(VALUES.meanings().keySet());
    }

    @Test
    void schema_knowsTheValues_andNoOthers() {
        assertThat(VALUES.groups()).allSatisfy((name, values) -> {
            JsonNode schema = schema(name);
            Set<String> known = new TreeSet<>(schema.path("properties").propertyNames());
            if (name.isEmpty()) {
                known.remove("global"); // what Helm gives to every chart of a family
            }
            assertThat(known).as(name).containsExactlyInAnyOrderElementsOf(values);
            assertThat(schema.path("additionalProperties").isBoolean()).as(name).isTrue();
        });
    }

    @Test
    void schema_describesTheValues() {
        JsonNode described = SCHEMA.deepCopy();
        VALUES.meanings().forEach((path, meaning) -> {
            JsonNode value = described.at("/properties/" + path.replace(".", "/properties/"));
            assertThat(value.isObject()).as(path).isTrue();
            ((ObjectNode) value).put("description", meaning);
        });

        Generated.check(SCHEMA_FILE, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(described) + "\n");
    }

    @Test
    void readme_hasTheTableOfValues() {
        String readme = Chart.read(README);
        assertThat(readme).contains(TABLE);

        Generated.check(README, readme.substring(0, readme.indexOf(TABLE)) + table());
    }

    @Test
    void readme_hasExamplesThatAreTaken() {
        List<MatchResult> examples =
                EXAMPLE.matcher(Chart.read(README)).results().toList();

        assertThat(examples)
                .hasSize(3)
                .allSatisfy(example ->
                        assertThat(Chart.with(example.group(1)).objects()).isNotEmpty());
    }

    /// A volume that nobody has published to would hide the image's model.
    @Test
    void projectsReadme_installsAPodThatHasAModel() {
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

    /// `a.b` and `c` as `a: {b: c}`.
    private static Map<String, Object> nested(String path, String value) {
        String braces = "}".repeat(path.split("\\.").length - 1);
        return Yaml.object("%s: %s%s".formatted(path.replace(".", ": {"), value, braces));
    }

    @Test
    void version_isThatOfTheProgram() {
        String program = Chart.read(Path.of("pom.xml"))
                .lines()
                .filter(line -> line.startsWith("    <version>"))
                .findFirst()
                .orElseThrow();

        assertThat(program.strip().replace("-SNAPSHOT", ""))
                .isEqualTo("<version>%s</version>"
                        .formatted(Yaml.object(Chart.read(Chart.DIRECTORY.resolve("Chart.yaml")))
                                .get("appVersion")));
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
        return VALUES.meanings().entrySet().stream()
                .map(value -> row(value, Objects.requireNonNull(leaves.get(value.getKey()))))
                .collect(Collectors.joining("", TABLE, ""));
    }

    private static String row(Entry<String, String> value, Object standard) {
        String text = JSON.writeValueAsString(standard);
        String shown = text.length() > LONGEST_DEFAULT ? "see `values.yaml`" : "`%s`".formatted(text);
        return "| `%s` | %s | %s |\n".formatted(value.getKey(), shown, value.getValue());
    }
}
