package io.diffmm.observability;

import io.diffmm.deployment.DeploymentEvents.DeploymentListener;
import io.diffmm.deployment.Models.ServedVersion;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/// Says which versions are served, how old they are, and how often another one was taken, or was not fit.
final class DeploymentMeters implements DeploymentListener {

    private final MultiGauge info;
    private final MultiGauge age;
    private final Counter succeeded;
    private final Counter failed;
    private final Counter unavailable;
    private boolean started;

    DeploymentMeters(MeterRegistry registry, BooleanSupplier refusing) {
        info = MultiGauge.builder("diffmm.model.info")
                .description("What is served, in the tags; the value is always 1")
                .register(registry);
        age = MultiGauge.builder("diffmm.model.age")
                .description("Time since the version was published")
                .baseUnit("seconds")
                .register(registry);
        succeeded = swaps(registry, "succeeded");
        failed = swaps(registry, "failed");
        unavailable = swaps(registry, "unavailable");
        Gauge.builder("diffmm.artifacts.refused", () -> refusing.getAsBoolean() ? 1 : 0)
                .description("1 while the version that is published, or pinned by configuration, is refused")
                .register(registry);
    }

    private static Counter swaps(MeterRegistry registry, String outcome) {
        return Counter.builder("diffmm.artifact.swaps")
                .description(
                        "Versions that took the place of another, that were not fit to, and failures to look at them")
                .tag("outcome", outcome)
                .register(registry);
    }

    @Override
    public void serving(List<ServedVersion> versions) {
        info.register(versions.stream().map(DeploymentMeters::info).toList(), true);
        age.register(versions.stream().map(DeploymentMeters::age).toList(), true);
        if (started) {
            succeeded.increment();
        }
        started = true;
    }

    @Override
    public void refused(String version, String reason) {
        failed.increment();
    }

    @Override
    public void unavailable(String reason) {
        unavailable.increment();
    }

    private static Row<?> info(ServedVersion version) {
        ServedModel model = version.model();
        Tags tags = tags(version)
                .and("name", model.name())
                .and("family", model.family())
                .and("device", model.device())
                .and("precision", model.precision());
        return Row.of(tags, 1);
    }

    private static Row<?> age(ServedVersion version) {
        Instant created = version.model().created();
        return Row.of(
                tags(version), () -> Duration.between(created, Instant.now()).toMillis() / 1000.0);
    }

    private static Tags tags(ServedVersion version) {
        return Tags.of(
                "version",
                version.model().version(),
                "role",
                version.role().name().toLowerCase(Locale.ROOT));
    }
}
