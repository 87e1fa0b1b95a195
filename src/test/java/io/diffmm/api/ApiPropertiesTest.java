package io.diffmm.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

class ApiPropertiesTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
            .withUserConfiguration(Enabled.class);

    @Test
    void properties_notSet_haveTheirDefaults() {
        runner.run(context -> assertThat(context.getBean(ApiProperties.class))
                .isEqualTo(new ApiProperties(
                        1000,
                        1000,
                        DataSize.ofKilobytes(512),
                        new ApiProperties.Imports(
                                DataSize.ofGigabytes(1),
                                DataSize.ofKilobytes(8),
                                1000,
                                1_000_000,
                                Duration.ofMinutes(30),
                                2))));
    }

    @Test
    void properties_set_areMapped() {
        runner.withPropertyValues(
                        "diffmm.api.max-history=3",
                        "diffmm.api.max-interactions=5",
                        "diffmm.api.max-body=4KB",
                        "diffmm.api.imports.max-body=6MB",
                        "diffmm.api.imports.max-line=7B",
                        "diffmm.api.imports.batch=8",
                        "diffmm.api.imports.max-rejected=10",
                        "diffmm.api.imports.timeout=11s",
                        "diffmm.api.imports.at-once=9")
                .run(context -> assertThat(context.getBean(ApiProperties.class))
                        .isEqualTo(new ApiProperties(
                                3,
                                5,
                                DataSize.ofKilobytes(4),
                                new ApiProperties.Imports(
                                        DataSize.ofMegabytes(6),
                                        DataSize.ofBytes(7),
                                        8,
                                        10,
                                        Duration.ofSeconds(11),
                                        9))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "diffmm.api.max-history=0",
                "diffmm.api.max-body=huge",
                "diffmm.api.max-body=0B",
                "diffmm.api.max-interactions=0",
                "diffmm.api.imports.max-line=0B",
                "diffmm.api.imports.max-line=3GB",
                "diffmm.api.imports.at-once=0"
            })
    void properties_outsideTheirLimits_stopTheStart(String property) {
        runner.withPropertyValues(property).run(context -> assertThat(context).hasFailed());
    }

    @Configuration
    @EnableConfigurationProperties(ApiProperties.class)
    static class Enabled {}
}
