package io.diffmm.chart;

import java.util.Map;
import java.util.Objects;

/// Alerts and recording rules of the rendered PrometheusRule, in the format of a Prometheus rule file.
public final class RenderedRules {

    private RenderedRules() {}

    /// Returns the rules of a release named like the chart, in a namespace, with default values.
    public static String of(String namespace) {
        return in(Chart.as("diffmm-server", namespace, "prometheusRule: {enabled: true}"));
    }

    /// Returns the rules of the only PrometheusRule of a rendering.
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
