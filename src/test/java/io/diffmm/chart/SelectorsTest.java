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

/// Selectors take exactly the pods that they are meant for.
class SelectorsTest {

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void deploymentServiceAndBudget_takeServingPodsAlone(String set) {
        Rendering chart = Chart.of(set);

        assertThat(taken(
                        chart,
                        chart.only(Deployment.class).getSpec().getSelector().getMatchLabels()))
                .containsExactly(Rendering.SERVING);
        assertThat(taken(chart, chart.only(Service.class).getSpec().getSelector()))
                .containsExactly(Rendering.SERVING);
        assertThat(chart.all(PodDisruptionBudget.class))
                .allSatisfy(budget -> assertThat(
                                taken(chart, budget.getSpec().getSelector().getMatchLabels()))
                        .containsExactly(Rendering.SERVING));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void spread_isOfServingPods(String set) {
        Rendering chart = Chart.of(set);
        List<TopologySpreadConstraint> constraints =
                chart.pod(Rendering.SERVING).getSpec().getTopologySpreadConstraints();

        assertThat(constraints)
                .allSatisfy(constraint -> assertThat(
                                taken(chart, constraint.getLabelSelector().getMatchLabels()))
                        .contains(Rendering.SERVING));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void monitor_takesTheService(String set) {
        Rendering chart = Chart.of(set);
        Map<String, String> service = chart.only(Service.class).getMetadata().getLabels();

        assertThat(chart.all(ServiceMonitor.class))
                .allSatisfy(monitor -> assertThat(service)
                        .containsAllEntriesOf(monitor.getSpec().getSelector().getMatchLabels()));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void policies_takeOneComponentEach_andTheDenialAll(String set) {
        Rendering chart = Chart.of(set);

        for (NetworkPolicy policy : chart.all(NetworkPolicy.class)) {
            String suffix =
                    policy.getMetadata().getName().substring(chart.name().length());
            Stream<String> expected = switch (suffix) {
                case "", "-from-test" -> Stream.of(Rendering.SERVING);
                case "-default-deny" -> chart.pods().keySet().stream();
                default -> Stream.of(suffix.substring(1));
            };
            assertThat(taken(chart, policy.getSpec().getPodSelector().getMatchLabels()))
                    .as(suffix)
                    .containsExactlyElementsOf(expected.toList());
        }
    }

    private static List<String> taken(Rendering chart, Map<String, String> selector) {
        assertThat(selector).isNotEmpty();
        return chart.pods().entrySet().stream()
                .filter(pod ->
                        pod.getValue().getMetadata().getLabels().entrySet().containsAll(selector.entrySet()))
                .map(Entry::getKey)
                .toList();
    }
}
