package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// Rendered chart.
///
/// @param text output of `helm template`
/// @param objects the same objects, parsed strictly
record Rendering(String text, List<HasMetadata> objects) {

    static final String SERVING = "server";
    static final String TRAINING = "training";
    static final String TEST = "test";

    static Rendering of(String text) {
        return new Rendering(
                text, Yaml.documents(text).stream().map(StrictReader::read).toList());
    }

    <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /// Returns the only object of a type.
    <T extends HasMetadata> T only(Class<T> type) {
        assertThat(all(type)).as(type.getSimpleName()).hasSize(1);
        return all(type).getFirst();
    }

    /// Returns the object of a type whose name is that of the Deployment followed by `suffix`.
    <T extends HasMetadata> T named(Class<T> type, String suffix) {
        String name = name() + suffix;
        return all(type).stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no %s %s".formatted(type.getSimpleName(), name)));
    }

    /// Returns the name of the Deployment.
    String name() {
        return only(Deployment.class).getMetadata().getName();
    }

    /// Returns all pods by component.
    Map<String, PodTemplateSpec> pods() {
        Map<String, PodTemplateSpec> pods = new LinkedHashMap<>();
        pods.put(SERVING, only(Deployment.class).getSpec().getTemplate());
        all(CronJob.class)
                .forEach(job -> pods.put(
                        TRAINING, job.getSpec().getJobTemplate().getSpec().getTemplate()));
        all(Pod.class).forEach(pod -> pods.put(TEST, new PodTemplateSpec(pod.getMetadata(), pod.getSpec())));
        return pods;
    }

    PodTemplateSpec pod(String component) {
        return Objects.requireNonNull(pods().get(component), () -> "no pod " + component);
    }

    /// Returns the only container of a pod.
    Container container(String component) {
        List<Container> containers = pod(component).getSpec().getContainers();
        assertThat(containers).hasSize(1);
        return containers.getFirst();
    }

    /// Returns the environment variables of a container; references as `secret/key` or the name of the resource.
    Map<String, String> environment(String component) {
        return container(component).getEnv().stream().collect(Collectors.toMap(EnvVar::getName, Rendering::value));
    }

    private static String value(EnvVar variable) {
        if (variable.getValueFrom() == null) {
            return Objects.requireNonNull(variable.getValue());
        }
        var secret = variable.getValueFrom().getSecretKeyRef();
        return secret == null
                ? variable.getValueFrom().getResourceFieldRef().getResource()
                : "%s/%s".formatted(secret.getName(), secret.getKey());
    }

    /// Returns the application.yaml of serving pods.
    String configuration() {
        return file("", "application.yaml");
    }

    /// Returns a file of the ConfigMap whose name is that of the Deployment followed by `suffix`.
    String file(String suffix, String name) {
        return Objects.requireNonNull(named(ConfigMap.class, suffix).getData().get(name));
    }

    /// Returns the labels of all objects and pods, by description.
    Map<String, Map<String, String>> labels() {
        Map<String, Map<String, String>> labels = new LinkedHashMap<>();
        objects.forEach(
                object -> labels.put(describe(object), object.getMetadata().getLabels()));
        pods().forEach((component, pod) ->
                labels.put("pod " + component, pod.getMetadata().getLabels()));
        return labels;
    }

    static String describe(HasMetadata object) {
        ObjectMeta metadata = object.getMetadata();
        return "%s %s".formatted(object.getKind(), metadata.getName());
    }
}
