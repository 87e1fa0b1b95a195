package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Invariants of all objects that the chart renders, for all value sets.
class ChartTest {

    private static final Set<String> STANDARD_LABELS = Set.of(
            "app.kubernetes.io/name",
            "app.kubernetes.io/instance",
            "app.kubernetes.io/version",
            "app.kubernetes.io/component",
            "app.kubernetes.io/part-of",
            "app.kubernetes.io/managed-by");

    private static final String POSTGRESQL = """
            postgresql:
              url: jdbc:postgresql://db/shop
            """;

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void lint_findsNothing(String set, @TempDir Path temporary) {
        assertThat(Chart.lint(temporary, Chart.values(set))).isEmpty();
    }

    @Test
    void lint_ofTheDefaultValues_findsNothing(@TempDir Path temporary) {
        assertThat(Chart.lint(temporary, "")).isEmpty();
    }

    @Test
    void lint_ofAnInvalidValue_namesIt(@TempDir Path temporary) {
        assertThat(Chart.lint(temporary, "replicaCount: many")).anyMatch(line -> line.contains("replicaCount"));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void objectsAndPods_haveTheStandardLabels(String set) {
        Rendering chart = Chart.of(set);

        assertThat(chart.labels())
                .allSatisfy((what, labels) -> assertThat(labels)
                        .as(what)
                        .containsKeys(STANDARD_LABELS.toArray(String[]::new))
                        .containsEntry("app.kubernetes.io/instance", Chart.RELEASE));
        assertThat(chart.objects())
                .allSatisfy(
                        object -> assertThat(object.getMetadata().getLabels()).containsKey("helm.sh/chart"));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void objects_areInTheNamespace_withUniqueNames(String set) {
        List<HasMetadata> objects = Chart.of(set).objects();

        assertThat(objects)
                .allMatch(object -> object.getMetadata().getNamespace().equals(Chart.NAMESPACE));
        assertThat(objects.stream().map(Rendering::describe)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void volumesAndMounts_match(String set) {
        assertThat(Chart.of(set).pods()).allSatisfy((_, pod) -> {
            Container container = pod.getSpec().getContainers().getFirst();
            assertThat(container.getVolumeMounts().stream().map(VolumeMount::getName))
                    .containsExactlyInAnyOrderElementsOf(pod.getSpec().getVolumes().stream()
                            .map(Volume::getName)
                            .toList());
            assertThat(container.getVolumeMounts().stream().map(VolumeMount::getMountPath))
                    .doesNotHaveDuplicates();
        });
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void pods_useConfigMapsAndServiceAccountOfTheChart(String set) {
        Rendering chart = Chart.of(set);
        Set<String> rendered = chart.objects().stream().map(Rendering::describe).collect(Collectors.toSet());

        assertThat(chart.pods().values().stream()
                        .flatMap(pod -> pod.getSpec().getVolumes().stream())
                        .filter(volume -> volume.getConfigMap() != null)
                        .map(volume -> "ConfigMap " + volume.getConfigMap().getName()))
                .isNotEmpty()
                .isSubsetOf(rendered);
        assertThat(chart.pods().values().stream().map(pod -> pod.getSpec().getServiceAccountName()))
                .allMatch(name -> name.equals("default") || rendered.contains("ServiceAccount " + name));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void claims_ofPods_areRenderedOrExist(String set) {
        Rendering chart = Chart.of(set);
        List<String> made = chart.all(PersistentVolumeClaim.class).stream()
                .map(claim -> claim.getMetadata().getName())
                .toList();

        assertThat(chart.pods().values().stream()
                        .flatMap(pod -> pod.getSpec().getVolumes().stream())
                        .filter(volume -> volume.getPersistentVolumeClaim() != null)
                        .map(volume -> volume.getPersistentVolumeClaim().getClaimName())
                        .filter(name -> !name.equals("catalogue"))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(made);
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void service_targetsTheProbedPort(String set) {
        Rendering chart = Chart.of(set);
        Container server = chart.container(Rendering.SERVING);

        assertThat(server.getPorts().stream().map(ContainerPort::getName)).containsExactly("http");
        assertThat(chart.only(Service.class).getSpec().getPorts())
                .singleElement()
                .satisfies(port -> assertThat(port.getTargetPort().getStrVal()).isEqualTo("http"));
        assertThat(Stream.of(server.getStartupProbe(), server.getLivenessProbe(), server.getReadinessProbe())
                        .map(probe -> probe.getHttpGet().getPort().getStrVal()))
                .containsOnly("http");
    }

    @Test
    void names_ofALongReleaseName_areValid() {
        Rendering chart = Chart.as(
                "a-release-with-a-name-as-long-as-helm-takes-it-53-cha",
                "n",
                "training: {enabled: true, name: x}\n" + POSTGRESQL);

        assertThat(chart.objects().stream().map(object -> object.getMetadata().getName()))
                .allMatch(name -> name.matches("[a-z]([-a-z0-9]{0,61}[a-z0-9])?"));
        assertThat(chart.only(CronJob.class).getMetadata().getName()).hasSizeLessThanOrEqualTo(52);
    }

    @Test
    void names_thatLookLikeNumbers_areStrings() {
        Rendering chart = Chart.as("007", "1e3", """
                nameOverride: "no"
                fullnameOverride: "true"
                postgresql: {url: "jdbc:postgresql://db/1", existingSecret: "1", usernameKey: "2", passwordKey: "3"}
                artifacts: {name: "9", persistence: {existingClaim: "4", enabled: true}}
                priorityClassName: "5"
                ingress: {enabled: true, className: "6"}
                """);

        assertThat(chart.only(Service.class).getMetadata())
                .satisfies(metadata -> assertThat(metadata.getName()).isEqualTo("true"))
                .satisfies(metadata -> assertThat(metadata.getNamespace()).isEqualTo("1e3"));
        assertThat(chart.configuration()).contains("name: \"9\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"007", "films.v2"})
    void releaseName_thatIsNoValidServiceName_isRejected(String release) {
        assertThatThrownBy(() -> Chart.as(release, "n", ""))
                .hasMessageContaining(
                        "%s-diffmm-server, generated from the release name, is not a valid Service name", release);
        assertThat(Chart.as(release, "n", "fullnameOverride: films").name()).isEqualTo("films");
    }

    @Test
    void additionalLabels_doNotOverrideThoseOfTheChart() {
        Rendering chart = Chart.with("""
                commonLabels: {team: search, app.kubernetes.io/instance: other}
                podLabels: {tier: backend, team: ranking, app.kubernetes.io/name: other}
                podAnnotations: {checksum/config: none, owner: search}
                """);

        assertThat(chart.pod(Rendering.SERVING).getMetadata().getLabels())
                .containsEntry("tier", "backend")
                .containsEntry("team", "ranking")
                .containsEntry("app.kubernetes.io/name", "diffmm-server")
                .containsEntry("app.kubernetes.io/instance", Chart.RELEASE);
        assertThat(chart.pod(Rendering.SERVING).getMetadata().getAnnotations())
                .containsEntry("owner", "search")
                .doesNotContainEntry("checksum/config", "none");
        assertThat(chart.labels()).allSatisfy((_, labels) -> assertThat(labels).containsKey("team"));
    }

    @Test
    void names_areOverridden() {
        assertThat(Chart.with("nameOverride: movies").name()).isEqualTo("films-movies");
        assertThat(Chart.with("fullnameOverride: movies").name()).isEqualTo("movies");
        assertThat(Chart.as("diffmm-server", "n", "").name()).isEqualTo("diffmm-server");
    }
}
