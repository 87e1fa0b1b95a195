package io.diffmm.observability;

import io.diffmm.recommendation.RecommendationListener;
import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.RecommendationsUnavailableException.UnavailableReason;
import io.diffmm.runtime.DropReason;
import io.diffmm.runtime.RequestTrace;
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
import java.util.function.Predicate;

/// Counts answers by strategy, and refusals, drops and refreshes by what became of them; times the stages of
/// a computation. No tag holds anything of a user.
final class RecommendationMeters implements RecommendationListener, RuntimeListener {

    private static final String HISTORY = "history";
    private static final String QUEUE = "queue";
    private static final List<String> STAGES = List.of(HISTORY, QUEUE, "diffusion", "output", "propagation", "ranking");

    private final MeterRegistry registry;
    private final RequestSpans spans;
    private final Map<String, Timer> stages = new ConcurrentHashMap<>();
    private final Map<DropReason, Counter> drops;
    private final DistributionSummary batchSizes;
    private final DistributionSummary indexRecall;
    private final VersionedMeters<AnswerKind, Counter> answers;
    private final VersionedMeters<AnswerOrigin, Timer> times;
    private final VersionedMeters<String, Counter> failures;
    private final Map<UnavailableReason, Counter> refusals;
    private final Map<RefreshEvent, Counter> refreshes;

    RecommendationMeters(MeterRegistry registry, RequestSpans spans) {
        this.registry = registry;
        this.spans = spans;
        STAGES.forEach(this::timer);
        answers = new VersionedMeters<>(registry, this::answers);
        times = new VersionedMeters<>(registry, this::times);
        failures = new VersionedMeters<>(registry, this::failures);
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
    public RequestTrace follow() {
        return spans.follow();
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
        answers.of(version, kind).increment();
    }

    @Override
    public void answerTook(AnswerOrigin origin, String version, Duration duration) {
        times.of(version, origin).record(duration);
    }

    private Timer times(AnswerOrigin origin, String version) {
        return Timer.builder("diffmm.recommendation.answer")
                .description("Time until an answer is there, encoding included, by where it came from")
                .tag("origin", origin.name().toLowerCase(Locale.ROOT))
                .tag("version", version)
                .register(registry);
    }

    private Counter answers(AnswerKind kind, String version) {
        return Counter.builder("diffmm.recommendations")
                .description("Answers by how they were found, and by the version of the model")
                .tag("strategy", kind.name().toLowerCase(Locale.ROOT))
                .tag("version", version)
                .register(registry);
    }

    @Override
    public void failed(String version) {
        failures.of(version, "").increment();
    }

    private Counter failures(String key, String version) {
        return Counter.builder("diffmm.recommendations.failed")
                .description("Answers that could not be computed, by the version of the model")
                .tag("version", version)
                .register(registry);
    }

    /// Counts answers of no other versions any more.
    void retain(Predicate<String> versions) {
        answers.retain(versions);
        times.retain(versions);
        failures.retain(versions);
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
