package io.diffmm.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.recommendation.ServingProperties.ArtifactProperties;
import io.diffmm.recommendation.ServingProperties.CacheProperties;
import io.diffmm.recommendation.ServingProperties.CanaryProperties;
import io.diffmm.recommendation.ServingProperties.DeviceProperties;
import io.diffmm.recommendation.ServingProperties.InferenceProperties;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;

class ServingPropertiesTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
            .withUserConfiguration(Enabled.class);

    @Test
    void properties_notSet_haveTheirDefaults() {
        runner.run(context -> {
            assertThat(context.getBean(ArtifactProperties.class))
                    .isEqualTo(new ArtifactProperties(
                            "model-artifacts",
                            Optional.empty(),
                            Optional.empty(),
                            Duration.ofSeconds(10),
                            0,
                            Optional.empty(),
                            new ArtifactProperties.S3(Optional.empty(), Optional.empty(), false)));
            assertThat(context.getBean(CanaryProperties.class)).isEqualTo(new CanaryProperties(Optional.empty(), 0));
            assertThat(context.getBean(DeviceProperties.class)).isEqualTo(new DeviceProperties("auto"));
            assertThat(context.getBean(InferenceProperties.class))
                    .isEqualTo(new InferenceProperties(
                            0,
                            256,
                            32,
                            "auto",
                            new InferenceProperties.Index(200_000, 512, Duration.ofMinutes(1)),
                            Duration.ofSeconds(2)));
            assertThat(context.getBean(CacheProperties.class))
                    .isEqualTo(new CacheProperties(
                            20_000, Duration.ofMinutes(10), Duration.ofMinutes(10), 16, Duration.ZERO));
        });
    }

    @Test
    void properties_set_areMapped() {
        runner.withPropertyValues(
                        "diffmm.artifacts.directory=s3://models/shop",
                        "diffmm.artifacts.name=films",
                        "diffmm.artifacts.version=v-1",
                        "diffmm.artifacts.interval=0",
                        "diffmm.artifacts.keep=5",
                        "diffmm.artifacts.cache=/copies",
                        "diffmm.artifacts.s3.endpoint=http://localhost:9000",
                        "diffmm.artifacts.s3.region=eu-central-1",
                        "diffmm.artifacts.s3.path-style=true",
                        "diffmm.canary.version=v-2",
                        "diffmm.canary.share=0.25",
                        "diffmm.device=gpu:1",
                        "diffmm.inference.threads=3",
                        "diffmm.inference.queue-capacity=7",
                        "diffmm.inference.max-batch=8",
                        "diffmm.inference.timeout=9ms",
                        "diffmm.cache.maximum-size=10",
                        "diffmm.cache.time-to-live=11s",
                        "diffmm.cache.stale-while-revalidate=12s",
                        "diffmm.cache.maximum-refreshes=13",
                        "diffmm.cache.client-max-age=14s")
                .run(context -> {
                    assertThat(context.getBean(ArtifactProperties.class))
                            .isEqualTo(new ArtifactProperties(
                                    "s3://models/shop",
                                    Optional.of("films"),
                                    Optional.of("v-1"),
                                    Duration.ZERO,
                                    5,
                                    Optional.of("/copies"),
                                    new ArtifactProperties.S3(
                                            Optional.of("http://localhost:9000"), Optional.of("eu-central-1"), true)));
                    assertThat(context.getBean(CanaryProperties.class))
                            .isEqualTo(new CanaryProperties(Optional.of("v-2"), 0.25));
                    assertThat(context.getBean(DeviceProperties.class)).isEqualTo(new DeviceProperties("gpu:1"));
                    assertThat(context.getBean(InferenceProperties.class))
                            .isEqualTo(new InferenceProperties(
                                    3,
                                    7,
                                    8,
                                    "auto",
                                    new InferenceProperties.Index(200_000, 512, Duration.ofMinutes(1)),
                                    Duration.ofMillis(9)));
                    assertThat(context.getBean(CacheProperties.class))
                            .isEqualTo(new CacheProperties(
                                    10, Duration.ofSeconds(11), Duration.ofSeconds(12), 13, Duration.ofSeconds(14)));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "diffmm.device=tpu",
                "diffmm.inference.queue-capacity=0",
                "diffmm.inference.max-batch=-1",
                "diffmm.inference.timeout=0ms",
                "diffmm.inference.timeout=soon",
                "diffmm.cache.maximum-size=0",
                "diffmm.cache.time-to-live=0s",
                "diffmm.cache.stale-while-revalidate=-1s",
                "diffmm.cache.maximum-refreshes=0",
                "diffmm.cache.client-max-age=-1s",
            })
    void properties_outsideTheirLimits_stopTheStart(String property) {
        runner.withPropertyValues(property).run(context -> assertThat(context).hasFailed());
    }

    @Test
    void emptyTexts_areNone() {
        runner.withPropertyValues(
                        "diffmm.artifacts.name=",
                        "diffmm.artifacts.cache=",
                        "diffmm.artifacts.s3.endpoint=",
                        "diffmm.artifacts.s3.region=")
                .run(context -> {
                    ArtifactProperties artifacts = context.getBean(ArtifactProperties.class);
                    assertThat(artifacts.name()).isEmpty();
                    assertThat(artifacts.cache()).isEmpty();
                    assertThat(artifacts.s3().endpoint()).isEmpty();
                    assertThat(artifacts.s3().region()).isEmpty();
                });
    }

    @Configuration
    @EnableConfigurationProperties({
        ArtifactProperties.class,
        CanaryProperties.class,
        CacheProperties.class,
        DeviceProperties.class,
        InferenceProperties.class
    })
    static class Enabled {}
}
