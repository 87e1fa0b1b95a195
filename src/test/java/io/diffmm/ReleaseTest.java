package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Agreement of the version in pom.xml, the chart, the plain manifests and the changelog.
class ReleaseTest {

    private static final String SNAPSHOT = "-SNAPSHOT";
    private static final Pattern LABEL = Pattern.compile("app\\.kubernetes\\.io/version: \"?([^\"\\s]+)");
    private static final Pattern IMAGE = Pattern.compile("(?m)^[- ]*image: \"?([^\"\\s]+)");
    private static final Pattern RELEASE =
            Pattern.compile("(?m)^## \\[(\\d+\\.\\d+\\.\\d+)] - (\\d{4}-\\d{2}-\\d{2}|Unreleased)$");

    /// Version of the changelog.
    ///
    /// @param date date of the release; empty for an upcoming version
    private record Release(String version, Optional<LocalDate> date) {}

    @Test
    void pom_hasASemanticVersion() throws Exception {
        assertThat(pomVersion()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    }

    @Test
    void chart_hasTheVersion_andDeploysIt() throws Exception {
        JsonNode chart = new YAMLMapper().readTree(Files.readString(Path.of("helm/diffmm-server/Chart.yaml")));

        assertThat(chart.get("version").stringValue()).isEqualTo(version());
        assertThat(chart.get("appVersion").stringValue()).isEqualTo(version());
    }

    static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("k8s"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void manifest_hasTheVersionInAllLabels(Path manifest) throws Exception {
        assertThat(found(LABEL, manifest)).isNotEmpty().containsOnly(version());
    }

    @Test
    void manifests_useTheImageOfTheVersion() throws Exception {
        String image = "diffmm-server:" + version();

        assertThat(found(IMAGE, Path.of("k8s/deployment.yaml"))).containsExactly(image);
        assertThat(found(IMAGE, Path.of("k8s/training-cronjob.yaml"))).containsExactly(image);
    }

    @Test
    void changelog_beginsWithTheVersion() throws Exception {
        Release topmost = topmost(Files.readString(Path.of("CHANGELOG.md")));

        assertThat(topmost.version()).isEqualTo(version());
        assertThat(pomVersion().endsWith(SNAPSHOT) || topmost.date().isPresent())
                .as("version %s is no snapshot, so that CHANGELOG.md contains its date", pomVersion())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n- A\n\n## [0.1.0] - 2026-11-21\n",
                "# Changelog\n\n## [0.2.0] - Unreleased\n\n## [0.1.0] - 2026-11-21\n",
            })
    void topmostRelease_isTheFirstNamedVersion(String changelog) {
        assertThat(topmost(changelog).version()).isEqualTo("0.2.0");
        assertThat(topmost(changelog).date().isPresent()).isEqualTo(changelog.contains("2026-12-01"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"# Changelog\n", "## [Unreleased]\n", "## 0.2.0\n", "## [0.2.0] 2026-12-01\n"})
    void topmostRelease_ofAChangelogWithoutVersion_isAnError(String changelog) {
        assertThatThrownBy(() -> topmost(changelog)).hasMessageContaining("CHANGELOG.md");
    }

    private static Release topmost(String changelog) {
        return RELEASE.matcher(changelog)
                .results()
                .findFirst()
                .map(match -> new Release(match.group(1), date(match.group(2))))
                .orElseThrow(() -> new AssertionError("CHANGELOG.md has no heading '## [X.Y.Z] - YYYY-MM-DD'"));
    }

    private static Optional<LocalDate> date(String text) {
        return text.equals("Unreleased") ? Optional.empty() : Optional.of(LocalDate.parse(text));
    }

    /// Returns the version to release: that of pom.xml without the suffix of snapshots.
    private static String version() throws Exception {
        return pomVersion().replace(SNAPSHOT, "");
    }

    private static String pomVersion() throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile())
                .getDocumentElement();
        for (Node node = project.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals("version")) {
                return node.getTextContent().strip();
            }
        }
        throw new AssertionError("pom.xml has no version");
    }

    private static List<String> found(Pattern pattern, Path file) throws IOException {
        return pattern.matcher(Files.readString(file))
                .results()
                .map(ReleaseTest::first)
                .toList();
    }

    private static String first(MatchResult match) {
        return match.group(1);
    }
}
