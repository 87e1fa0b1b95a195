package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Label selectors: each matches exactly the intended pods.
class SelectorsTest {

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void selectors_ofDeploymentServiceAndBudget_matchServingPodsOnly(String set) {
        Rendering chart = Chart.of(set);

        assertThat(matched(
                        chart,
                        chart.only(Deployment.class).getSpec().getSelector().getMatchLabels()))
                .containsExactly(Rendering.SERVING);
        assertThat(matched(chart, chart.only(Service.class).getSpec().getSelector()))
                .containsExactly(Rendering.SERVING);
        assertThat(chart.all(PodDisruptionBudget.class))
                .allSatisfy(budget -> assertThat(
                                matched(chart, budget.getSpec().getSelector().getMatchLabels()))
                        .containsExactly(Rendering.SERVING));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void selectors_ofSpreadConstraints_matchServingPods(String set) {
        Rendering chart = Chart.of(set);
        List<TopologySpreadConstraint> constraints =
                chart.pod(Rendering.SERVING).getSpec().getTopologySpreadConstraints();

        assertThat(constraints)
                .allSatisfy(constraint -> assertThat(
                                matched(chart, constraint.getLabelSelector().getMatchLabels()))
                        .contains(Rendering.SERVING));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void selector_ofTheServiceMonitor_matchesTheService(String set) {
        Rendering chart = Chart.of(set);
        Map<String, String> service = chart.only(Service.class).getMetadata().getLabels();

        assertThat(chart.all(ServiceMonitor.class))
                .allSatisfy(monitor -> assertThat(service)
                        .containsAllEntriesOf(monitor.getSpec().getSelector().getMatchLabels()));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void selectors_ofNetworkPolicies_matchOneComponent_andDefaultDenyAll(String set) {
        Rendering chart = Chart.of(set);

        for (NetworkPolicy policy : chart.all(NetworkPolicy.class)) {
            String suffix =
                    policy.getMetadata().getName().substring(chart.name().length());
            Stream<String> expected = switch (suffix) {
                case "", "-from-test" -> Stream.of(Rendering.SERVING);
                case "-default-deny" -> chart.pods().keySet().stream();
                default -> Stream.of(suffix.substring(1));
            };
            assertThat(matched(chart, policy.getSpec().getPodSelector().getMatchLabels()))
                    .as(suffix)
                    .containsExactlyElementsOf(expected.toList());
        }
    }

    private static List<String> matched(Rendering chart, Map<String, String> selector) {
        assertThat(selector).isNotEmpty();
        return chart.pods().entrySet().stream()
                .filter(pod ->
                        pod.getValue().getMetadata().getLabels().entrySet().containsAll(selector.entrySet()))
                .map(Entry::getKey)
                .toList();
    }
}
