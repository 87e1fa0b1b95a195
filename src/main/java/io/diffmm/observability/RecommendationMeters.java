package io.diffmm.observability;

import io.diffmm.recommendation.AnswerKind;
import io.diffmm.recommendation.AnswerOrigin;
import io.diffmm.recommendation.RecommendationListener;
import io.diffmm.recommendation.RefreshEvent;
import io.diffmm.recommendation.UnavailableReason;
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
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// Counts answers by strategy, and refusals, drops and refreshes by what became of them; times the stages of
/// a computation. No tag holds anything of a user.
final class RecommendationMeters implements RecommendationListener, RuntimeListener {

    private static final String HISTORY = "history";
    private static final String QUEUE = "queue";
    private static final List<String> STAGES = List.of(HISTORY, QUEUE, "diffusion", "output", "propagation", "ranking");

    private final MeterRegistry registry;
    private final Map<String, Timer> stages = new ConcurrentHashMap<>();
    private final Map<DropReason, Counter> drops;
    private final DistributionSummary batchSizes;
    private final DistributionSummary indexRecall;
    private final Map<Answered, Counter> answers = new ConcurrentHashMap<>();
    private final Map<Taken, Timer> times = new ConcurrentHashMap<>();
    private final Map<UnavailableReason, Counter> refusals;
    private final Map<RefreshEvent, Counter> refreshes;

    RecommendationMeters(MeterRegistry registry) {
        this.registry = registry;
        STAGES.forEach(this::timer);
        refusals = counters(
                UnavailableReason.class, "diffmm.recommendations.refused", "reason", "Requests answered with 503");
        drops = counters(
                DropReason.class, "diffmm.inference.dropped", "reason", "Requests to the model that were not answered");
        refreshes = counters(
                RefreshEvent.class,
                "diffmm.cache.refreshes",
                "outcome",
                "Computations of answers past their age, while the old answer is given");
        indexRecall = DistributionSummary.builder("diffmm.index.recall")
                .description("Share of the best items that the index found, as measured from time to time")
                .register(registry);
        batchSizes = DistributionSummary.builder("diffmm.inference.batch.size")
                .description("Requests computed together")
                .register(registry);
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
    public void indexProbed(double recall) {
        indexRecall.record(recall);
    }

    @Override
    public void dropped(DropReason reason) {
        increment(drops, reason);
    }

    @Override
    public void answered(AnswerKind kind, String version) {
        answers.computeIfAbsent(new Answered(kind, version), this::answers).increment();
    }

    private record Answered(AnswerKind kind, String version) {}

    @Override
    public void answerTook(AnswerOrigin origin, String version, Duration duration) {
        times.computeIfAbsent(new Taken(origin, version), this::times).record(duration);
    }

    private record Taken(AnswerOrigin origin, String version) {}

    private Timer times(Taken taken) {
        return Timer.builder("diffmm.recommendation.answer")
                .description("Time until an answer is there, encoding included, by where it came from")
                .tag("origin", taken.origin().name().toLowerCase(Locale.ROOT))
                .tag("version", taken.version())
                .register(registry);
    }

    private Counter answers(Answered answered) {
        return Counter.builder("diffmm.recommendations")
                .description("Answers by how they were found, and by the version of the model")
                .tag("strategy", answered.kind().name().toLowerCase(Locale.ROOT))
                .tag("version", answered.version())
                .register(registry);
    }

    @Override
    public void unavailable(UnavailableReason reason) {
        increment(refusals, reason);
    }

    @Override
    public void refresh(RefreshEvent event) {
        increment(refreshes, event);
    }

    private static <E extends Enum<E>> void increment(Map<E, Counter> counters, E value) {
        Objects.requireNonNull(counters.get(value)).increment(); // there is one for every value
    }

    private Timer timer(String stage) {
        return stages.computeIfAbsent(
                stage,
                name -> Timer.builder("diffmm.recommendation.stage")
                        .description("Time that each stage of a computation takes")
                        .tag("stage", name)
                        .register(registry));
    }

    /// A counter for every value of an enumeration, which is its tag.
    private <E extends Enum<E>> Map<E, Counter> counters(Class<E> values, String name, String tag, String description) {
        Map<E, Counter> counters = new EnumMap<>(values);
        for (E value : values.getEnumConstants()) {
            Counter counter = Counter.builder(name)
                    .description(description)
                    .tag(tag, value.name().toLowerCase(Locale.ROOT))
                    .register(registry);
            counters.put(value, counter);
        }
        return counters;
    }
}
