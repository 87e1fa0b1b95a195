package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Properties that the chart sets: the server supports all of them, because it rejects unknown ones at startup.
class ConfigurationTest {

    private static final List<String> NOT_PROPERTIES = List.of(
            "JAVA_TOOL_OPTIONS", "OMP_NUM_THREADS", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "MALLOC_ARENA_MAX");

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void properties_areSupportedByTheServer(String set) {
        assertThat(properties(Chart.of(set))).isNotEmpty().allMatch(KnownProperties::contains);
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void variables_areSupportedByTheServer(String set) {
        Rendering chart = Chart.of(set);

        assertThat(chart.pods().keySet().stream()
                        .filter(component -> !component.equals(Rendering.TEST))
                        .flatMap(component -> chart.environment(component).keySet().stream())
                        .filter(variable -> !NOT_PROPERTIES.contains(variable)))
                .allMatch(KnownProperties::containsVariable);
    }

    @Test
    void unknownProperties_areFound() {
        assertThat(properties(Chart.with("config: {diffmm: {cache: {ttl: 1m, time-to-live: 1m}}}"))
                        .filter(property -> !KnownProperties.contains(property)))
                .containsExactly("diffmm.cache.ttl");
        assertThat(KnownProperties.containsVariable("DIFFMM_CACHE_TIMETOLIVE")).isTrue();
        assertThat(KnownProperties.containsVariable("DIFFMM_CACHE_TTL")).isFalse();
    }

    @Test
    void configuration_containsPropertiesOfValuesAndConfig() {
        Rendering chart = Chart.of("bucket-values.yaml");

        assertThat(chart.configuration())
                .contains(
                        "url: jdbc:postgresql://one.db:5433,two.db/shop",
                        "version: 20261121-153640-1975383c",
                        "share: 0.05",
                        "time-to-live: 5m",
                        "endpoint: http://collector.observability:4318/v1/traces");
        assertThat(chart.environment(Rendering.SERVING))
                .containsEntry("SPRING_PROFILES_ACTIVE", "json")
                .containsEntry("DIFFMM_ARTIFACTS_DIRECTORY", "s3://models/production/shop")
                .containsEntry("DIFFMM_ARTIFACTS_S3_ENDPOINT", "http://minio.storage:9000")
                .containsEntry("DIFFMM_ARTIFACTS_S3_PATHSTYLE", "true");
    }

    @Test
    void configuration_containsAdditionalProperties() {
        assertThat(Chart.with("config: {server: {tomcat: {accept-count: 10}}}").configuration())
                .contains("accept-count: 10", "port: 8080");
    }

    @Test
    void configuration_isReadFromItsMountPath() {
        assertThat(Chart.with("").environment(Rendering.SERVING))
                .containsEntry("SPRING_CONFIG_ADDITIONAL_LOCATION", "file:/config/");
        assertThat(Chart.with("").container(Rendering.SERVING).getVolumeMounts())
                .anyMatch(mount -> mount.getMountPath().equals("/config"));
    }

    @Test
    void change_ofTheConfiguration_replacesPods() {
        assertThat(checksum("config: {diffmm: {cache: {time-to-live: 1m}}}"))
                .isNotEqualTo(checksum("config: {diffmm: {cache: {time-to-live: 2m}}}"));
        assertThat(checksum("service: {port: 81}")).isEqualTo(checksum("service: {port: 82}"));
    }

    @Test
    void password_isNotInTheConfiguration() {
        assertThat(Chart.valueSets())
                .allSatisfy(set -> assertThat(Chart.of(set).configuration()).doesNotContain("password"));
    }

    private static String checksum(String values) {
        return String.valueOf(Chart.with(values)
                .pod(Rendering.SERVING)
                .getMetadata()
                .getAnnotations()
                .get("checksum/config"));
    }

    private static Stream<String> properties(Rendering chart) {
        return flat("", Yaml.object(chart.configuration()));
    }

    private static Stream<String> flat(String prefix, Map<?, ?> node) {
        return node.entrySet().stream()
                .flatMap(entry -> entry.getValue() instanceof Map<?, ?> inner
                        ? flat("%s%s.".formatted(prefix, entry.getKey()), inner)
                        : Stream.of(prefix + entry.getKey()));
    }
}
