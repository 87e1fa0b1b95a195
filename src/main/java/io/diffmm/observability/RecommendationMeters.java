package io.diffmm.observability;

import io.diffmm.recommendation.RecommendationListener;
import io.diffmm.recommendation.Recommendations;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// Counts answers by strategy and times the stages of a computation. No tag holds anything of a user.
final class RecommendationMeters implements RecommendationListener {

    private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
    private final Counter personalized;
    private final Counter popular;

    RecommendationMeters(MeterRegistry registry) {
        for (Stage stage : Stage.values()) {
            stages.put(stage, timer(registry, stage));
        }
        personalized = counter(registry, "personalized");
        popular = counter(registry, "popular");
    }

    @Override
    public void stageTook(Stage stage, Duration duration) {
        Timer timer = stages.get(stage);
        if (timer != null) {
            timer.record(duration);
        }
    }

    @Override
    public void answered(Recommendations answer) {
        switch (answer) {
            case Recommendations.Personalized _ -> personalized.increment();
            case Recommendations.Popular _ -> popular.increment();
        }
    }

    private static Timer timer(MeterRegistry registry, Stage stage) {
        return Timer.builder("diffmm.recommendation.stage")
                .description("Time that each stage of a computation takes")
                .tag("stage", stage.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String strategy) {
        return Counter.builder("diffmm.recommendations")
                .description("Answers by how they were found")
                .tag("strategy", strategy)
                .register(registry);
    }
}
