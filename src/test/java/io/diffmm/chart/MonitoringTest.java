package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.RelabelConfig;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// Objects for monitoring: ServiceMonitor, PrometheusRule and dashboard.
class MonitoringTest {

    private static final Path RULES = Chart.DIRECTORY.resolve("files/rules.yaml");
    private static final Rendering CHART = Chart.of("gpu-values.yaml");

    @Test
    void serviceMonitor_scrapesMetrics() {
        assertThat(CHART.only(ServiceMonitor.class).getSpec().getEndpoints())
                .singleElement()
                .satisfies(endpoint -> {
                    assertThat(endpoint.getPort()).isEqualTo("http");
                    assertThat(endpoint.getPath()).isEqualTo("/actuator/prometheus");
                    assertThat(endpoint.getRelabelings())
                            .extracting(RelabelConfig::getAction)
                            .containsExactly(null, "labeldrop");
                    assertThat(endpoint.getMetricRelabelings()).hasSize(1);
                });
        assertThat(CHART.only(ServiceMonitor.class).getMetadata().getLabels()).containsEntry("release", "prometheus");
    }

    /// Rules and dashboard select the job by one name, which does not depend on the names of release and chart.
    @ParameterizedTest
    @ValueSource(strings = {"gpu-values.yaml", "plain-values.yaml"})
    void serviceMonitor_setsTheJobNameOfTheRules(String set) {
        var jobs = Pattern.compile("\\bjob=\"([^\"]*)\"")
                .matcher(Chart.read(RULES))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        var endpoint = Chart.of(set)
                .only(ServiceMonitor.class)
                .getSpec()
                .getEndpoints()
                .getFirst();

        assertThat(jobs).hasSize(1);
        assertThat(endpoint.getRelabelings().getFirst())
                .satisfies(relabeling -> assertThat(relabeling.getTargetLabel()).isEqualTo("job"))
                .satisfies(relabeling -> assertThat(jobs).containsExactly(relabeling.getReplacement()));
    }

    @Test
    void prometheusRule_withPlainNames_equalsTheFile() {
        assertThat(Yaml.documents(Chart.of("plain-values.yaml").text()))
                .filteredOn(object -> "PrometheusRule".equals(object.get("kind")))
                .singleElement()
                .satisfies(object -> assertThat(object.get("spec")).isEqualTo(Yaml.object(Chart.read(RULES))));
    }

    @Test
    void prometheusRule_selectsDeploymentAndCronJobOfTheRelease() {
        String rules = spec(CHART);

        assertThat(CHART.name()).isNotEqualTo("diffmm-server");
        assertThat(rules)
                .contains("deployment=\"%s\"".formatted(CHART.name()))
                .contains("owner_name=\"%s\""
                        .formatted(CHART.only(CronJob.class).getMetadata().getName()))
                .doesNotContain("deployment=\"diffmm-server\"", "owner_name=\"diffmm-server");
        assertThat(CHART.only(PrometheusRule.class).getMetadata().getLabels()).containsEntry("release", "prometheus");
    }

    /// Releases in several namespaces of one Prometheus have separate series and thresholds.
    @Test
    void prometheusRule_selectsTheNamespaceOfTheRelease() {
        String rules = spec(CHART);
        String namespace = "{namespace=\"%s\"".formatted(Chart.NAMESPACE);

        assertThat(Pattern.compile("\\{[^}]*}").matcher(rules).results().map(MatchResult::group))
                .hasSizeGreaterThan(50)
                .allMatch(selector -> selector.startsWith(namespace));
        assertThat(Pattern.compile("\\b(diffmm[_:]|http_|up\\b)[\\w:]*+.?")
                        .matcher(rules)
                        .results()
                        .map(MatchResult::group))
                .hasSizeGreaterThan(50)
                .allMatch(metric -> metric.endsWith("{"));
    }

    /// The namespace selector is the only difference; for example, names of recorded series are unchanged.
    @Test
    void prometheusRule_ofANamespace_differsOnlyByTheSelector() {
        String all = json("prometheusRule: {enabled: true, ownNamespaceOnly: false}");
        String own = json("prometheusRule: {enabled: true}");
        String namespace = "namespace=\\\"%s\\\"".formatted(Chart.NAMESPACE);

        assertThat(own).isNotEqualTo(all).doesNotContainPattern("\"record\":\"[^\"]*\\{");
        assertThat(own.replace("{%s}".formatted(namespace), "").replace("{%s,".formatted(namespace), "{"))
                .isEqualTo(all);
    }

    private static String json(String values) {
        return JsonMapper.shared().writeValueAsString(Yaml.object(RenderedRules.in(Chart.with(values))));
    }

    @Test
    void prometheusRule_hasMaximumAgeAndRunbookUrlOfTheValues() {
        String repository = "https://git.example.org/diffmm-server/blob/main/";

        assertThat(spec(CHART)).contains("> 14 * 86400").doesNotContain("> 7 * 86400");
        assertThat(CHART.only(PrometheusRule.class).getSpec().getGroups().stream()
                        .flatMap(group -> group.getRules().stream())
                        .filter(rule -> rule.getAlert() != null)
                        .map(rule -> rule.getAnnotations().get("runbook_url")))
                .isNotEmpty()
                .allSatisfy(page -> {
                    assertThat(page).startsWith(repository);
                    assertThat(Path.of(page.substring(repository.length()))).isRegularFile();
                });
    }

    private static String spec(Rendering chart) {
        return chart.only(PrometheusRule.class).getSpec().getGroups().stream()
                .flatMap(group -> group.getRules().stream())
                .map(rule -> rule.getExpr().getStrVal())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void dashboard_equalsTheFile_withTheLabelOfTheSidecar() {
        ConfigMap dashboard = CHART.named(ConfigMap.class, "-dashboard");
        var json = JsonMapper.shared();

        assertThat(dashboard.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
        assertThat(dashboard.getMetadata().getAnnotations()).containsEntry("grafana_folder", "Recommendations");
        assertThat(json.readTree(dashboard.getData().get("diffmm-server.json")))
                .isEqualTo(json.readTree(Chart.read(Chart.DIRECTORY.resolve("files/dashboard.json"))));
    }

    @Test
    void monitoring_isDisabledByDefault() {
        assertThat(Chart.with("").text()).doesNotContain("monitoring.coreos.com", "grafana_dashboard");
    }
}
