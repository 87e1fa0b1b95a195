package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/// Effective properties of serving pods: environment variables of image and chart take precedence over the chart's
/// file.
class PrecedenceTest {

    private static final Pattern INSTRUCTION = Pattern.compile("(?m)^ENV ((?:.*\\\\\\R)*.*)$");
    private static final Pattern VARIABLE = Pattern.compile("([A-Z0-9_]+)=(\\S*)");

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void properties_ofTheFile_areEffective(String set) {
        Environment pod = pod(Chart.of(set));

        assertThat(properties(Chart.of(set)))
                .isNotEmpty()
                .allSatisfy((name, value) ->
                        assertThat(pod.getProperty(name)).as(name).isEqualTo(String.valueOf(value)));
    }

    @ParameterizedTest
    @CsvSource({
        "bucket-values.yaml, s3://models/production/shop",
        "gpu-values.yaml, s3://models",
        "embedded-values.yaml, /artifacts",
        "minimal-values.yaml, /artifacts", // demo model of the image
    })
    void artifactsDirectory_followsTheValues(String set, String directory) {
        assertThat(pod(Chart.of(set)).getProperty("diffmm.artifacts.directory")).isEqualTo(directory);
    }

    @Test
    void image_setsTheDirectories() {
        assertThat(image())
                .containsEntry("DIFFMM_ARTIFACTS_DIRECTORY", "/artifacts")
                .containsEntry("DIFFMM_INTERACTIONS_DIRECTORY", "/data");
    }

    private static Environment pod(Rendering chart) {
        Map<String, Object> variables = new LinkedHashMap<>(image());
        variables.putAll(chart.environment(Rendering.SERVING));
        var environment = new StandardEnvironment();
        MutablePropertySources sources = environment.getPropertySources();
        sources.remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        sources.replace(name, new SystemEnvironmentPropertySource(name, variables));
        sources.addLast(new MapPropertySource("file", properties(chart)));
        ConfigurationPropertySources.attach(environment);
        return environment;
    }

    /// Returns the environment variables of all stages of the Dockerfile.
    private static Map<String, String> image() {
        Map<String, String> variables = new LinkedHashMap<>();
        INSTRUCTION
                .matcher(Chart.read(Path.of("Dockerfile")))
                .results()
                .flatMap(instruction -> VARIABLE.matcher(instruction.group(1)).results())
                .forEach(variable -> variables.put(variable.group(1), variable.group(2)));
        return variables;
    }

    private static Map<String, Object> properties(Rendering chart) {
        Map<String, Object> properties = new LinkedHashMap<>();
        collect("", Yaml.object(chart.configuration()), properties);
        return properties;
    }

    private static void collect(String prefix, Map<?, ?> node, Map<String, Object> properties) {
        node.forEach((key, value) -> {
            if (value instanceof Map<?, ?> inner) {
                collect("%s%s.".formatted(prefix, key), inner, properties);
            } else {
                properties.put(prefix + key, value);
            }
        });
    }
}
