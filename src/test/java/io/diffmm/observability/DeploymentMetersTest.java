package io.diffmm.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.deployment.ServedModels.Role;
import io.diffmm.deployment.ServedModels.ServedVersion;
import io.diffmm.observability.ObservabilityConfiguration.DeploymentMeters;
import io.diffmm.runtime.FakeModelRuntime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DeploymentMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicBoolean refusing = new AtomicBoolean();
    private final DeploymentMeters meters = new DeploymentMeters(registry, refusing::get);

    private static ServedVersion served(String version, Role role) {
        var runtime = new FakeModelRuntime();
        runtime.setVersion(version);
        return new ServedVersion(runtime.model(), role, 0.5);
    }

    @Test
    void serving_anotherVersion_isTheOnlyOneShown() {
        meters.serving(List.of(served("v-1", Role.CURRENT)));
        meters.serving(List.of(served("v-2", Role.CURRENT), served("v-3", Role.CANARY)));

        for (String name : List.of("diffmm.model.info", "diffmm.model.age")) {
            assertThat(registry.find(name).gauges())
                    .extracting(gauge -> gauge.getId().getTag("version") + " "
                            + gauge.getId().getTag("role"))
                    .containsExactlyInAnyOrder("v-2 current", "v-3 canary");
        }
        assertThat(swaps("succeeded")).isEqualTo(1);
    }

    @Test
    void outcomes_areCountedApart() {
        meters.refused("v-2", "is damaged");
        meters.unavailable("away");
        meters.unavailable("still away");

        assertThat(swaps("failed")).isEqualTo(1);
        assertThat(swaps("unavailable")).isEqualTo(2);
    }

    @Test
    void refused_isShownForAsLongAsItIs() {
        assertThat(registry.get("diffmm.artifacts.refused").gauge().value()).isZero();
        refusing.set(true);
        assertThat(registry.get("diffmm.artifacts.refused").gauge().value()).isEqualTo(1);
    }

    private double swaps(String outcome) {
        return registry.get("diffmm.artifact.swaps")
                .tag("outcome", outcome)
                .counter()
                .count();
    }
}
