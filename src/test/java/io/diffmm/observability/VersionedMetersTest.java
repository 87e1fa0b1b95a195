package io.diffmm.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class VersionedMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final VersionedMeters<String, Counter> meters = new VersionedMeters<>(
            registry,
            (kind, version) -> Counter.builder("answers")
                    .tags("kind", kind, "version", version)
                    .register(registry));

    @Test
    void of_countsByVersionAndKey() {
        meters.of("v-1", "a").increment();
        meters.of("v-1", "a").increment();
        meters.of("v-1", "b").increment();
        meters.of("v-2", "a").increment();

        assertThat(meters.of("v-1", "a").count()).isEqualTo(2);
        assertThat(registry.find("answers").counters()).hasSize(3);
    }

    @Test
    void retain_removesThoseOfOtherVersions() {
        meters.of("v-1", "a").increment();
        meters.of("v-2", "a").increment();

        meters.retain("v-2"::equals);

        assertThat(registry.find("answers").counters())
                .extracting(counter -> counter.getId().getTag("version"))
                .containsExactly("v-2");
        assertThat(meters.of("v-1", "a").count()).isZero();
    }
}
