package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Equality of the manifests in `k8s` and the rendered chart, except for fields that only Helm requires.
class PlainManifestsTest {

    private static final Path DIRECTORY = Path.of("k8s");
    private static final Pattern SOURCE = Pattern.compile("# Source: diffmm-server/templates/(.*)\\R");
    private static final Pattern HELM_FIELD =
            Pattern.compile("(?m)^ *(namespace:|checksum/|helm\\.sh/|app\\.kubernetes\\.io/managed-by:).*\\R");
    private static final Pattern EMPTY_ANNOTATIONS = Pattern.compile("(?m)^( *)annotations:\\R(?!\\1 )");

    /// Templates of objects that require the Prometheus Operator or Grafana.
    private static final List<String> MONITORING =
            List.of("servicemonitor.yaml", "prometheusrule.yaml", "dashboard.yaml");

    private static final Rendering CHART = Chart.as("diffmm-server", "default", Chart.values("plain-values.yaml"));

    @Test
    void manifests_equalTheRenderedChart() {
        Map<Path, String> expected = expected();

        expected.forEach(Generated::check);
        assertThat(written(DIRECTORY)).containsExactlyInAnyOrderElementsOf(of(expected, DIRECTORY));
        assertThat(written(DIRECTORY.resolve("monitoring")))
                .containsExactlyInAnyOrderElementsOf(of(expected, DIRECTORY.resolve("monitoring")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "monitoring"})
    void kustomization_containsAllManifests(String folder) {
        Path directory = DIRECTORY.resolve(folder);
        Map<String, Object> kustomization = Yaml.object(Chart.read(directory.resolve("kustomization.yaml")));

        assertThat(kustomization).containsEntry("kind", "Kustomization");
        assertThat(kustomization.get("resources"))
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .containsExactlyElementsOf(written(directory).stream()
                        .map(file -> file.getFileName().toString())
                        .sorted()
                        .toList());
    }

    @Test
    void manifests_areValid_withoutHelm() {
        Rendering plain = Rendering.of(String.join("---\n", expected().values()));

        assertThat(plain.objects())
                .hasSizeGreaterThan(10)
                .allMatch(object -> object.getMetadata().getNamespace() == null);
        assertThat(plain.text()).doesNotContain("helm", "Helm", "component: test");
        assertThat(plain.pods()).containsOnlyKeys(Rendering.SERVING, Rendering.TRAINING);
    }

    /// Returns the expected text of each file; each template renders one file.
    private static Map<Path, String> expected() {
        Map<Path, String> files = new TreeMap<>();
        for (String document : CHART.text().split("(?m)^---\\R", -1)) {
            Matcher source = SOURCE.matcher(document);
            if (source.find() && !source.group(1).startsWith("tests/")) {
                files.merge(file(source.group(1)), plain(document, source), (a, b) -> a + "---\n" + b);
            }
        }
        return files;
    }

    private static Path file(String template) {
        return DIRECTORY
                .resolve(MONITORING.contains(template) ? "monitoring" : "")
                .resolve(template);
    }

    private static String plain(String document, Matcher source) {
        String text = HELM_FIELD.matcher(document.substring(source.end())).replaceAll("");
        return EMPTY_ANNOTATIONS.matcher(text).replaceAll("").strip() + "\n";
    }

    private static List<Path> of(Map<Path, String> files, Path directory) {
        return files.keySet().stream()
                .filter(file -> directory.equals(file.getParent()))
                .toList();
    }

    private static List<Path> written(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
