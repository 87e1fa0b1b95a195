package io.diffmm.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What the platform's monitoring is given.
class MonitoringTest {

    private static final Rendering CHART = Chart.of("gpu-values.yaml");

    @Test
    void monitor_scrapesTheMeters() {
        assertThat(CHART.only(ServiceMonitor.class).getSpec().getEndpoints())
                .singleElement()
                .satisfies(endpoint -> {
                    assertThat(endpoint.getPort()).isEqualTo("http");
                    assertThat(endpoint.getPath()).isEqualTo("/actuator/prometheus");
                    assertThat(endpoint.getRelabelings()).hasSize(1);
                    assertThat(endpoint.getMetricRelabelings()).hasSize(1);
                });
        assertThat(CHART.only(ServiceMonitor.class).getMetadata().getLabels()).containsEntry("release", "prometheus");
    }

    @Test
    void rule_isTheFileAsItStands() {
        PrometheusRule rule = CHART.only(PrometheusRule.class);
        Map<String, Object> file = Yaml.object(Chart.read(Chart.DIRECTORY.resolve("files/rules.yaml")));

        assertThat(Yaml.documents(CHART.text()))
                .filteredOn(object -> "PrometheusRule".equals(object.get("kind")))
                .singleElement()
                .satisfies(object -> assertThat(object.get("spec")).isEqualTo(file));
        assertThat(rule.getSpec().getGroups()).isNotEmpty();
        assertThat(rule.getMetadata().getLabels()).containsEntry("release", "prometheus");
    }

    @Test
    void dashboard_isTheFileAsItStands_whereGrafanaLooks() {
        ConfigMap dashboard = CHART.named(ConfigMap.class, "-dashboard");
        var json = JsonMapper.shared();

        assertThat(dashboard.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
        assertThat(dashboard.getMetadata().getAnnotations()).containsEntry("grafana_folder", "Recommendations");
        assertThat(json.readTree(dashboard.getData().get("diffmm-server.json")))
                .isEqualTo(json.readTree(Chart.read(Chart.DIRECTORY.resolve("files/dashboard.json"))));
    }

    @Test
    void monitoring_isLeftOutUnlessWanted() {
        assertThat(Chart.with("").text()).doesNotContain("monitoring.coreos.com", "grafana_dashboard");
    }
}
