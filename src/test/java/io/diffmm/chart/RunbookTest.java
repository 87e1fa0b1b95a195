package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// References of the runbook: objects, labels, values and pages exist.
class RunbookTest {

    private static final Path DIRECTORY = Path.of("docs/runbook");
    private static final Pattern OBJECT = Pattern.compile("\\bfilms-diffmm-server[-a-z]*");
    private static final Pattern LABELS = Pattern.compile("-l (\\S+?)\\)");
    private static final Pattern VALUE =
            Pattern.compile("`((?:artifacts|networkPolicy|prometheusRule|training)\\.[A-Za-z.]+)[`:]");
    private static final Pattern LINK = Pattern.compile("]\\(([A-Za-z]+\\.md)(?:#([-a-z]+))?\\)");

    private static final Rendering CHART = Chart.with("""
            postgresql: {url: "jdbc:postgresql://db/shop"}
            artifacts: {name: shop}
            training: {enabled: true}
            """);

    static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(DIRECTORY)) {
            return pages.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void objectsAndLabels_existInTheChart(Path page) {
        Set<String> names = CHART.objects().stream()
                .map(HasMetadata::getMetadata)
                .map(metadata -> metadata.getName())
                .collect(Collectors.toSet());
        Map<String, String> labels = CHART.pod(Rendering.SERVING).getMetadata().getLabels();

        assertThat(found(OBJECT, page).map(MatchResult::group)).allMatch(names::contains);
        assertThat(found(LABELS, page).flatMap(match -> Stream.of(match.group(1).split(","))))
                .allSatisfy(label -> assertThat(labels).contains(entry(label)));
    }

    private static Map.Entry<String, String> entry(String label) {
        int equals = label.indexOf('=');
        return Map.entry(label.substring(0, equals), label.substring(equals + 1));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void values_existInTheChart(Path page) {
        Set<String> values = ValuesFile.of(Chart.read(Chart.DIRECTORY.resolve("values.yaml")))
                .descriptions()
                .keySet();

        assertThat(found(VALUE, page).map(match -> match.group(1))).allMatch(values::contains);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void links_haveTargets(Path page) {
        assertThat(found(LINK, page)).allSatisfy(link -> {
            Path target = DIRECTORY.resolve(link.group(1));
            assertThat(target).isRegularFile();
            assertThat(link.group(2) == null ? List.of() : List.of(link.group(2)))
                    .allSatisfy(anchor -> assertThat(anchors(target)).contains(String.valueOf(anchor)));
        });
    }

    private static Stream<String> anchors(Path page) {
        return Chart.read(page)
                .lines()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3)
                        .toLowerCase(Locale.ROOT)
                        .replace(",", "")
                        .replace(' ', '-'));
    }

    private static Stream<MatchResult> found(Pattern pattern, Path page) {
        return pattern.matcher(Chart.read(page)).results();
    }
}
