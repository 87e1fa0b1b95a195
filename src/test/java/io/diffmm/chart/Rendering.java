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

/// What the chart makes of a set of values.
///
/// @param text as `helm template` prints it
/// @param objects the same, read strictly
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

    /// The only object of a type.
    <T extends HasMetadata> T only(Class<T> type) {
        assertThat(all(type)).as(type.getSimpleName()).hasSize(1);
        return all(type).getFirst();
    }

    /// The object of a type that is called as the Deployment is, with `suffix`.
    <T extends HasMetadata> T named(Class<T> type, String suffix) {
        String name = name() + suffix;
        return all(type).stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no %s %s".formatted(type.getSimpleName(), name)));
    }

    /// What the Deployment is called.
    String name() {
        return only(Deployment.class).getMetadata().getName();
    }

    /// Every pod, by its component.
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

    /// The only container of a pod.
    Container container(String component) {
        List<Container> containers = pod(component).getSpec().getContainers();
        assertThat(containers).hasSize(1);
        return containers.getFirst();
    }

    /// The variables of a container; those that come from elsewhere, as `secret/key` or the resource.
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

    /// The application.yaml of serving pods.
    String configuration() {
        return file("", "application.yaml");
    }

    /// A file in the ConfigMap that is called as the Deployment is, with `suffix`.
    String file(String suffix, String name) {
        return Objects.requireNonNull(named(ConfigMap.class, suffix).getData().get(name));
    }

    /// The labels of everything that has some, by what it is.
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
