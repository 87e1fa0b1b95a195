package io.diffmm.chart;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Fields of KEDA's `keda.sh/v1alpha1/ScaledObject` that the chart uses.
@JsonDeserialize(using = JsonDeserializer.None.class) // the deserializer of HasMetadata accepts unknown fields
final class ScaledObject implements HasMetadata {

    private static final long serialVersionUID = 1;

    @JsonProperty
    private String apiVersion = "";

    @JsonProperty
    private String kind = "";

    @JsonProperty
    private ObjectMeta metadata = new ObjectMeta();

    @JsonProperty
    private transient @Nullable Spec spec;

    record Spec(
            ScaleTarget scaleTargetRef,
            int minReplicaCount,
            int maxReplicaCount,
            int pollingInterval,
            Fallback fallback,
            Advanced advanced,
            List<Trigger> triggers) {}

    record ScaleTarget(String name) {}

    record Fallback(int failureThreshold, int replicas, String behavior) {}

    record Advanced(Autoscaler horizontalPodAutoscalerConfig) {}

    record Autoscaler(HorizontalPodAutoscalerBehavior behavior) {}

    record Trigger(
            String type,
            String metricType,
            Map<String, String> metadata,
            @Nullable Authentication authenticationRef) {}

    record Authentication(String name) {}

    Spec spec() {
        if (spec == null) {
            throw new AssertionError("the ScaledObject has no spec");
        }
        return spec;
    }

    @Override
    public String getApiVersion() {
        return apiVersion;
    }

    @Override
    public void setApiVersion(String version) {
        apiVersion = version;
    }

    @Override
    public String getKind() {
        return kind;
    }

    @Override
    public ObjectMeta getMetadata() {
        return metadata;
    }

    @Override
    public void setMetadata(ObjectMeta given) {
        metadata = given;
    }
}
