package io.diffmm.observability;

import io.diffmm.recommendation.RecommendationListener;
import io.diffmm.recommendation.Recommendations;
import io.diffmm.runtime.DropReason;
import io.diffmm.runtime.RuntimeListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts answers by strategy and what was dropped by reason, times the stages of a computation. No tag holds anything
/// of a user.
final class RecommendationMeters implements RecommendationListener, RuntimeListener {

    private static final String HISTORY = "history";
    private static final String QUEUE = "queue";
    private static final List<String> STAGES = List.of(HISTORY, QUEUE, "diffusion", "output", "propagation", "ranking");

    private final MeterRegistry registry;
    private final Map<String, Timer> stages = new ConcurrentHashMap<>();
    private final Map<DropReason, Counter> drops = new EnumMap<>(DropReason.class);
    private final DistributionSummary batchSizes;
    private final Counter personalized;
    private final Counter popular;

    RecommendationMeters(MeterRegistry registry) {
        this.registry = registry;
        STAGES.forEach(this::timer);
        for (DropReason reason : DropReason.values()) {
            drops.put(reason, drop(registry, reason));
        }
        batchSizes = DistributionSummary.builder("diffmm.inference.batch.size")
                .description("Requests computed together")
                .register(registry);
        personalized = answers(registry, "personalized");
        popular = answers(registry, "popular");
    }

    @Override
    public void historyTook(Duration duration) {
        timer(HISTORY).record(duration);
    }

    @Override
    public void waited(Duration duration) {
        timer(QUEUE).record(duration);
    }

    @Override
    public void stageComputed(String stage, Duration duration) {
        timer(stage).record(duration);
    }

    @Override
    public void batchComputed(int size) {
        batchSizes.record(size);
    }

    @Override
    public void dropped(DropReason reason) {
        Counter counter = drops.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    @Override
    public void answered(Recommendations answer) {
        switch (answer) {
            case Recommendations.Personalized _ -> personalized.increment();
            case Recommendations.Popular _ -> popular.increment();
        }
    }

    private Timer timer(String stage) {
        return stages.computeIfAbsent(
                stage,
                name -> Timer.builder("diffmm.recommendation.stage")
                        .description("Time that each stage of a computation takes")
                        .tag("stage", name)
                        .register(registry));
    }

    private static Counter drop(MeterRegistry registry, DropReason reason) {
        return Counter.builder("diffmm.inference.dropped")
                .description("Requests that were not computed, by reason")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private static Counter answers(MeterRegistry registry, String strategy) {
        return Counter.builder("diffmm.recommendations")
                .description("Answers by how they were found")
                .tag("strategy", strategy)
                .register(registry);
    }
}
