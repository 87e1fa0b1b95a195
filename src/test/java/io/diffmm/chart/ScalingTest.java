package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Number of serving pods, their disruption budget and their spread over nodes.
class ScalingTest {

    @Test
    void replicas_followTheValue() {
        Deployment deployment = Chart.with("replicaCount: 3\npostgresql: {url: 'jdbc:postgresql://db/shop'}")
                .only(Deployment.class);

        assertThat(deployment.getSpec().getReplicas()).isEqualTo(3);
    }

    @Test
    void autoscaler_scalesByCpu_andOwnsTheReplicaCount() {
        Rendering chart = Chart.of("bucket-values.yaml");
        HorizontalPodAutoscalerSpec spec =
                chart.only(HorizontalPodAutoscaler.class).getSpec();

        assertThat(spec.getScaleTargetRef().getName()).isEqualTo(chart.name());
        assertThat(spec.getMinReplicas()).isEqualTo(2);
        assertThat(spec.getMaxReplicas()).isEqualTo(6);
        assertThat(spec.getMetrics())
                .singleElement()
                .satisfies(metric -> assertThat(metric.getResource().getTarget().getAverageUtilization())
                        .isEqualTo(70));
        assertThat(chart.only(Deployment.class).getSpec().getReplicas()).isNull();
        assertThat(chart.all(ScaledObject.class)).isEmpty();
    }

    @Test
    void keda_scalesByQueueAndCpu_insteadOfTheAutoscaler() {
        Rendering chart = Chart.of("gpu-values.yaml");
        ScaledObject.Spec spec = chart.only(ScaledObject.class).spec();

        assertThat(spec.scaleTargetRef().name()).isEqualTo(chart.name());
        assertThat(spec.minReplicaCount()).isEqualTo(3);
        assertThat(spec.triggers()).extracting(ScaledObject.Trigger::type).containsExactly("prometheus", "cpu");
        assertThat(chart.all(HorizontalPodAutoscaler.class)).isEmpty();
        assertThat(chart.only(Deployment.class).getSpec().getReplicas()).isNull();
    }

    @Test
    void keda_queriesTheQueueDepthOfTheRelease() {
        Map<String, String> prometheus = Chart.of("gpu-values.yaml")
                .only(ScaledObject.class)
                .spec()
                .triggers()
                .getFirst()
                .metadata();

        assertThat(prometheus)
                .containsEntry("serverAddress", "http://prometheus.monitoring:9090")
                .containsEntry("threshold", "16")
                .containsEntry(
                        "query",
                        "sum(max_over_time(diffmm_inference_queue_depth{namespace=\"recommendations\","
                                + "service=\"films-recommender\"}[1m]))");
    }

    @Test
    void keda_withoutPrometheus_keepsRunningPods() {
        ScaledObject.Fallback fallback =
                Chart.of("gpu-values.yaml").only(ScaledObject.class).spec().fallback();

        assertThat(fallback.replicas()).isEqualTo(3);
        assertThat(fallback.behavior()).isEqualTo("currentReplicasIfHigher");
    }

    @Test
    void budget_hasOneOfTheTwoLimits() {
        PodDisruptionBudgetSpec maxUnavailable = budget("").getSpec();
        PodDisruptionBudgetSpec minAvailable =
                Chart.of("gpu-values.yaml").only(PodDisruptionBudget.class).getSpec();

        assertThat(maxUnavailable.getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(maxUnavailable.getMinAvailable()).isNull();
        assertThat(minAvailable.getMinAvailable().getStrVal()).isEqualTo("50%");
        assertThat(minAvailable.getMaxUnavailable()).isNull();
        assertThat(budget("podDisruptionBudget: {minAvailable: 0}")
                        .getSpec()
                        .getMinAvailable()
                        .getIntVal())
                .isZero();
        assertThat(Chart.of("minimal-values.yaml").all(PodDisruptionBudget.class))
                .isEmpty();
    }

    @Test
    void pods_ofAVersion_areSpreadOverZonesAndNodes() {
        assertThat(Chart.with("").pod(Rendering.SERVING).getSpec().getTopologySpreadConstraints())
                .extracting(constraint -> constraint.getTopologyKey())
                .containsExactly("topology.kubernetes.io/zone", "kubernetes.io/hostname");
        assertThat(Chart.with("").pod(Rendering.SERVING).getSpec().getTopologySpreadConstraints())
                .allSatisfy(
                        constraint -> assertThat(constraint.getMatchLabelKeys()).containsExactly("pod-template-hash"));
    }

    private static PodDisruptionBudget budget(String values) {
        return Chart.with(values).only(PodDisruptionBudget.class);
    }
}
