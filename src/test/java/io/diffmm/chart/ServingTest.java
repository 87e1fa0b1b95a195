package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Serving pods: probes, shutdown, update strategy, resources, volumes and image.
class ServingTest {

    private static final String POSTGRESQL = """
            postgresql:
              url: jdbc:postgresql://db/shop
              existingSecret: database
            """;

    private static final String SHARED = "artifacts: {persistence: {accessModes: [ReadWriteMany]}}\n";

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @Test
    void probes_useTheHealthGroups() {
        Container server = Chart.with("").container(Rendering.SERVING);

        assertThat(path(server.getStartupProbe())).isEqualTo("/actuator/health/liveness");
        assertThat(path(server.getLivenessProbe())).isEqualTo("/actuator/health/liveness");
        assertThat(path(server.getReadinessProbe())).isEqualTo("/actuator/health/readiness");
        assertThat(server.getArgs()).containsExactly("serve");
    }

    @Test
    void startupProbe_allowsFiveMinutes() {
        Probe startup = Chart.with("").container(Rendering.SERVING).getStartupProbe();

        assertThat(startup.getPeriodSeconds() * startup.getFailureThreshold()).isEqualTo(300);
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void gracePeriod_exceedsPreStopAndGracefulShutdown(String set) {
        Rendering chart = Chart.of(set);
        PodSpec pod = chart.pod(Rendering.SERVING).getSpec();
        var lifecycle = chart.container(Rendering.SERVING).getLifecycle();
        long preStop = lifecycle == null ? 0 : lifecycle.getPreStop().getSleep().getSeconds();
        long graceful = seconds(property(chart.configuration(), "spring", "lifecycle", "timeout-per-shutdown-phase"));

        assertThat(preStop + graceful).isLessThan(pod.getTerminationGracePeriodSeconds());
    }

    @Test
    void shutdown_byDefault_waitsTenSeconds_thenTwentyForActiveRequests() {
        Rendering chart = Chart.with("");

        assertThat(chart.container(Rendering.SERVING)
                        .getLifecycle()
                        .getPreStop()
                        .getSleep()
                        .getSeconds())
                .isEqualTo(10);
        assertThat(property(chart.configuration(), "spring", "lifecycle", "timeout-per-shutdown-phase"))
                .isEqualTo("20s");
    }

    @Test
    void strategy_byDefault_isARollingUpdateWithoutUnavailablePods() {
        DeploymentStrategy strategy = strategy(POSTGRESQL + SHARED);

        assertThat(strategy.getType()).isEqualTo("RollingUpdate");
        assertThat(strategy.getRollingUpdate().getMaxUnavailable().getIntVal()).isZero();
    }

    @Test
    void strategy_withAVolumeOfOnePod_isRecreate() {
        String persistent = "interactions: {persistence: {enabled: true}}\n";

        assertThat(strategy(persistent + SHARED).getType()).isEqualTo("Recreate");
        assertThat(strategy(persistent + SHARED + POSTGRESQL).getType()).isEqualTo("RollingUpdate");
        assertThat(strategy(POSTGRESQL).getType()).isEqualTo("Recreate");
        assertThat(strategy("artifacts: {persistence: {existingClaim: mine}}").getType())
                .isEqualTo("RollingUpdate");
    }

    @Test
    void strategy_followsTheValue() {
        assertThat(strategy(SHARED + "strategy: {type: Recreate}").getRollingUpdate())
                .isNull();
        assertThat(Chart.of("gpu-values.yaml")
                        .only(Deployment.class)
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isEqualTo(1);
    }

    @Test
    void heap_isAShareOfTheMemoryLimit() {
        Rendering chart = Chart.with("");

        assertThat(chart.container(Rendering.SERVING).getResources().getLimits())
                .containsExactly(Map.entry("memory", new Quantity("2Gi")));
        assertThat(chart.environment(Rendering.SERVING).get("JAVA_TOOL_OPTIONS"))
                .startsWith("-XX:MaxRAMPercentage=40 ");
    }

    @Test
    void threads_followTheCpuLimit_orTheRequest() {
        Map<String, String> requested = Chart.with("").environment(Rendering.SERVING);
        Map<String, String> limited =
                Chart.with("resources: {limits: {cpu: 3}}").environment(Rendering.SERVING);
        Map<String, String> neither =
                Chart.with("resources: {requests: {cpu: null}}").environment(Rendering.SERVING);

        assertThat(requested).containsEntry("OMP_NUM_THREADS", "requests.cpu");
        assertThat(requested.get("JAVA_TOOL_OPTIONS")).contains("-XX:ActiveProcessorCount=$(OMP_NUM_THREADS)");
        assertThat(limited).containsEntry("OMP_NUM_THREADS", "limits.cpu");
        assertThat(neither).doesNotContainKey("OMP_NUM_THREADS");
        assertThat(neither.get("JAVA_TOOL_OPTIONS")).doesNotContain("ActiveProcessorCount");
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void variables_areDefinedBeforeTheyAreUsed(String set) {
        List<String> names = Chart.of(set).container(Rendering.SERVING).getEnv().stream()
                .map(variable -> variable.getName())
                .toList();

        assertThat(names.indexOf("OMP_NUM_THREADS")).isLessThan(names.indexOf("JAVA_TOOL_OPTIONS"));
    }

    @Test
    void jvmOptions_areAdded() {
        assertThat(Chart.with("jvm: {options: [-XX:+UseZGC, -Xss512k], maxRamPercentage: 30}")
                        .environment(Rendering.SERVING)
                        .get("JAVA_TOOL_OPTIONS"))
                .startsWith("-XX:MaxRAMPercentage=30 ")
                .endsWith(" -XX:+UseZGC -Xss512k");
    }

    @Test
    void credentials_comeFromSecrets() {
        assertThat(Chart.of("bucket-values.yaml").environment(Rendering.SERVING))
                .containsEntry("SPRING_DATASOURCE_USERNAME", "database/user")
                .containsEntry("SPRING_DATASOURCE_PASSWORD", "database/pass")
                .containsEntry("AWS_ACCESS_KEY_ID", "minio/AWS_ACCESS_KEY_ID")
                .containsEntry("AWS_SECRET_ACCESS_KEY", "minio/AWS_SECRET_ACCESS_KEY");
    }

    @Test
    void gpu_isAResourceLimit() {
        Rendering chart = Chart.of("gpu-values.yaml");

        assertThat(chart.container(Rendering.SERVING).getResources().getLimits())
                .containsEntry("nvidia.com/gpu", new Quantity("1"))
                .containsEntry("memory", new Quantity("8Gi"));
        assertThat(chart.pod(Rendering.SERVING).getSpec().getRuntimeClassName()).isEqualTo("nvidia");
        assertThat(property(chart.configuration(), "diffmm", "device")).isEqualTo("gpu");
    }

    @Test
    void nodeSelector_includesTheArchitectureOfTheImage() {
        assertThat(Chart.of("gpu-values.yaml").pod(Rendering.SERVING).getSpec().getNodeSelector())
                .isEqualTo(Map.of("kubernetes.io/arch", "amd64", "accelerator", "nvidia"));
    }

    @Test
    void volumes_byDefault_areConfigurationModelsAndScratchSpace() {
        Rendering chart = Chart.with("");

        assertThat(mounts(chart)).containsExactlyInAnyOrder("/config ro", "/tmp rw", "/data rw", "/artifacts rw");
        assertThat(volume(chart, "tmp").getEmptyDir()).isInstanceOf(EmptyDirVolumeSource.class);
        assertThat(volume(chart, "data").getEmptyDir()).isInstanceOf(EmptyDirVolumeSource.class);
        assertThat(volume(chart, "artifacts").getPersistentVolumeClaim().getClaimName())
                .isEqualTo("films-diffmm-server-artifacts");
    }

    @Test
    void volumes_withABucketAndPostgresql_areConfigurationAndCache() {
        Rendering chart = Chart.of("bucket-values.yaml");

        assertThat(mounts(chart)).containsExactlyInAnyOrder("/config ro", "/tmp rw", "/cache rw");
        assertThat(volume(chart, "cache").getEmptyDir().getSizeLimit()).isEqualTo(new Quantity("10Gi"));
        assertThat(chart.all(PersistentVolumeClaim.class)).isEmpty();
    }

    @Test
    void claims_remainAfterUninstallation() {
        assertThat(Chart.of("embedded-values.yaml").all(PersistentVolumeClaim.class))
                .hasSize(2)
                .allSatisfy(claim -> assertThat(claim.getMetadata().getAnnotations())
                        .containsEntry("helm.sh/resource-policy", "keep"));
    }

    @Test
    void existingClaim_isUsed() {
        Rendering chart = Chart.with("artifacts: {persistence: {existingClaim: mine}}");

        assertThat(chart.all(PersistentVolumeClaim.class)).isEmpty();
        assertThat(volume(chart, "artifacts").getPersistentVolumeClaim().getClaimName())
                .isEqualTo("mine");
        assertThat(mounts(chart)).contains("/artifacts rw");
    }

    @Test
    void retention_requiresAWritableVolume() {
        Rendering pruning = Chart.with("");
        Rendering keeping = Chart.with("artifacts: {keep: 0}");

        assertThat(property(pruning.configuration(), "diffmm", "artifacts", "keep"))
                .isEqualTo("5");
        assertThat(mounts(pruning)).contains("/artifacts rw");
        assertThat(property(keeping.configuration(), "diffmm", "artifacts", "keep"))
                .isEqualTo("0");
        assertThat(mounts(keeping)).contains("/artifacts ro");
    }

    @Test
    void artifactsEndpoint_byDefault_isReadOnly() {
        assertThat(access("")).isEqualTo("read-only");
        assertThat(access("artifacts: {endpointAccess: unrestricted}")).isEqualTo("unrestricted");
    }

    private static String access(String values) {
        return property(Chart.with(values).configuration(), "management", "endpoint", "artifacts", "access");
    }

    @Test
    void image_hasTheAppVersion_orATag_orADigest() throws IOException {
        String chart = Files.readString(Path.of("helm/diffmm-server/Chart.yaml"));
        assertThat(image("")).startsWith("diffmm-server:");
        assertThat(chart).contains("appVersion: \"" + image("").substring("diffmm-server:".length()) + "\"");
        assertThat(image("image: {repository: example.org/a, tag: 1-gpu}")).isEqualTo("example.org/a:1-gpu");
        assertThat(Chart.of("gpu-values.yaml").container(Rendering.SERVING).getImage())
                .startsWith("example.org/diffmm-server@sha256:0123");
    }

    @Test
    void testPod_requestsReadinessAndARecommendation() {
        Rendering chart = Chart.of("gpu-values.yaml");
        Container test = chart.container(Rendering.TEST);

        assertThat(String.join(" ", test.getCommand()))
                .contains("http://films-recommender:8080", "/actuator/health/readiness", "/recommendations?limit=1");
        assertThat(chart.only(Pod.class).getSpec().getRestartPolicy()).isEqualTo("Never");
        assertThat(Chart.read(Chart.DIRECTORY.resolve("templates/tests/readiness.yaml")))
                .contains("helm.sh/hook: test\n");
    }

    private static String image(String values) {
        return Chart.with(values).container(Rendering.SERVING).getImage();
    }

    private static DeploymentStrategy strategy(String values) {
        return Chart.with(values).only(Deployment.class).getSpec().getStrategy();
    }

    private static Stream<String> mounts(Rendering chart) {
        return chart.container(Rendering.SERVING).getVolumeMounts().stream().map(ServingTest::describe);
    }

    private static String describe(VolumeMount mount) {
        return "%s %s".formatted(mount.getMountPath(), Boolean.TRUE.equals(mount.getReadOnly()) ? "ro" : "rw");
    }

    private static Volume volume(Rendering chart, String name) {
        return chart.pod(Rendering.SERVING).getSpec().getVolumes().stream()
                .filter(volume -> volume.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String path(Probe probe) {
        return probe.getHttpGet().getPath();
    }

    private static long seconds(String duration) {
        assertThat(duration).matches("\\d+s");
        return Long.parseLong(duration.substring(0, duration.length() - 1));
    }

    private static String property(String configuration, String... path) {
        Object node = Yaml.object(configuration);
        for (String key : path) {
            node = Objects.requireNonNull(((Map<?, ?>) node).get(key), () -> "no " + String.join(".", path));
        }
        return node.toString();
    }
}
