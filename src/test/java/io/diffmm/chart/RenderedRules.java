package io.diffmm.chart;

import java.util.Map;
import java.util.Objects;

/// The alerts and recording rules that the chart gives to the Prometheus Operator, as a rules file of Prometheus.
public final class RenderedRules {

    private RenderedRules() {}

    /// Those of a release called as the chart, in a namespace, with the chart's own values.
    public static String of(String namespace) {
        return in(Chart.as("diffmm-server", namespace, "prometheusRule: {enabled: true}"));
    }

    /// The spec of the only PrometheusRule, as text.
    static String in(Rendering chart) {
        return Yaml.documents(chart.text()).stream()
                .filter(object -> "PrometheusRule".equals(object.get("kind")))
                .map(object -> Yaml.write(Map.of("groups", groups(Objects.requireNonNull(object.get("spec"))))))
                .findFirst()
                .orElseThrow();
    }

    private static Object groups(Object spec) {
        return Objects.requireNonNull(((Map<?, ?>) spec).get("groups"));
    }
}
