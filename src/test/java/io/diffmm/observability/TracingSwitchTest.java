package io.diffmm.observability;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

class TracingSwitchTest {

    private static final String EXCLUDED = "spring.autoconfigure.exclude";
    private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

    private static String excluded(MockEnvironment environment) {
        new TracingSwitch().postProcessEnvironment(environment, new SpringApplication());
        return environment.getProperty(EXCLUDED, "");
    }

    @Test
    void endpoint_unset_tracingIsExcluded_andOtherExclusionsStay() {
        assertThat(excluded(new MockEnvironment())).contains("MicrometerTracingAutoConfiguration");
        assertThat(excluded(new MockEnvironment().withProperty(EXCLUDED, "a.B,a.C")))
                .startsWith("a.B,a.C,")
                .contains("MicrometerTracingAutoConfiguration");
        assertThat(excluded(new MockEnvironment().withProperty(EXCLUDED + "[0]", "a.B")))
                .startsWith("a.B,");
    }

    @Test
    void endpoint_set_nothingIsExcluded() {
        assertThat(excluded(new MockEnvironment().withProperty(ENDPOINT, "http://localhost:4318")))
                .isEmpty();
    }
}
