package io.diffmm.observability;

import io.diffmm.recommendation.RecommendationListener;
import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.RecommendationsUnavailableException.UnavailableReason;
import io.diffmm.runtime.OverloadedException.DropReason;
import io.diffmm.runtime.RuntimeListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/// Meters of answers, refusals, dropped requests, cache refreshes and computation stages; creates the spans of traced
/// requests.
///
/// No tag contains user data. Thread-safe.
final class RecommendationMeters implements RecommendationListener, RuntimeListener {

    private static final RequestTrace NOT_TRACED = (_, _, _) -> {};
    private static final String HISTORY = "history";
    private static final String QUEUE = "queue";
    private static final List<String> STAGES = List.of(HISTORY, QUEUE, "diffusion", "output", "propagation", "ranking");

    private final MeterRegistry registry;
    private final Optional<Tracer> tracer;
    private final BooleanSupplier measured;
    private final Map<String, Timer> stages = new ConcurrentHashMap<>();
    private final Map<DropReason, Counter> drops;
    private final DistributionSummary batchSizes;
    private final DistributionSummary indexRecall;
    private final VersionedMeters<AnswerKind, Counter> answers;
    private final VersionedMeters<AnswerOrigin, Timer> times;
    private final VersionedMeters<String, Counter> failures;
    private final Map<UnavailableReason, Counter> refusals;
    private final Map<RefreshEvent, Counter> refreshes;

    /// @param tracer tracer of the application; empty if tracing is disabled
    /// @param measured whether answers and computations count: not those of the warm-up
    RecommendationMeters(MeterRegistry registry, Optional<Tracer> tracer, BooleanSupplier measured) {
        this.registry = registry;
        this.tracer = tracer;
        this.measured = measured;
        STAGES.forEach(this::timer);
        answers = new VersionedMeters<>(registry, this::answers);
        times = new VersionedMeters<>(registry, this::times);
        failures = new VersionedMeters<>(registry, this::failures);
        refusals = counters(
                UnavailableReason.class, "diffmm.recommendations.refused", "reason", "Requests answered with 503");
        drops = counters(
                DropReason.class, "diffmm.inference.dropped", "reason", "Inference requests dropped without an answer");
        refreshes = counters(
                RefreshEvent.class,
                "diffmm.cache.refreshes",
                "outcome",
                "Background refreshes of stale cached answers");
        indexRecall = DistributionSummary.builder("diffmm.index.recall")
                .description("Recall of the approximate index against the exact ranking, sampled")
                .register(registry);
        batchSizes = DistributionSummary.builder("diffmm.inference.batch.size")
                .description("Number of requests computed in one batch")
                .register(registry);
    }

    @Override
    public RequestTrace follow() {
        return tracer.map(Tracer::currentSpan)
                .map(Span::context)
                .filter(context -> Boolean.TRUE.equals(context.sampled()))
                .map(this::spans)
                .orElse(NOT_TRACED);
    }

    /// Creates a span for each stage of a request. Stages are timed with [System#nanoTime], spans by the wall clock.
    private RequestTrace spans(TraceContext parent) {
        long offset = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
        return (stage, start, end) -> tracer.orElseThrow()
                .spanBuilder()
                .setParent(parent)
                .name("recommendation " + stage)
                .startTimestamp(start + offset, TimeUnit.NANOSECONDS)
                .start()
                .end(end + offset, TimeUnit.NANOSECONDS);
    }

    @Override
    public void historyTook(Duration duration) {
        record(HISTORY, duration);
    }

    @Override
    public void waited(Duration duration) {
        record(QUEUE, duration);
    }

    @Override
    public void stageComputed(String stage, Duration duration) {
        record(stage, duration);
    }

    private void record(String stage, Duration duration) {
        if (measured.getAsBoolean()) {
            timer(stage).record(duration);
        }
    }

    @Override
    public void batchComputed(int size) {
        if (measured.getAsBoolean()) {
            batchSizes.record(size);
        }
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
        if (measured.getAsBoolean()) {
            answers.of(version, kind).increment();
        }
    }

    @Override
    public void answerTook(AnswerOrigin origin, String version, Duration duration) {
        if (measured.getAsBoolean()) {
            times.of(version, origin).record(duration);
        }
    }

    private Timer times(AnswerOrigin origin, String version) {
        return Timer.builder("diffmm.recommendation.answer")
                .description("Time to an encoded answer, by origin")
                .tag("origin", origin.name().toLowerCase(Locale.ROOT))
                .tag("version", version)
                .register(registry);
    }

    private Counter answers(AnswerKind kind, String version) {
        return Counter.builder("diffmm.recommendations")
                .description("Answers by strategy and model version")
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
                .description("Answers that failed with an error, by model version")
                .tag("version", version)
                .register(registry);
    }

    /// Removes the meters of versions that do not match the predicate.
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
        Objects.requireNonNull(counters.get(value)).increment(); // the map has an entry for each value
    }

    private Timer timer(String stage) {
        return stages.computeIfAbsent(
                stage,
                name -> Timer.builder("diffmm.recommendation.stage")
                        .description("Duration of each computation stage")
                        .tag("stage", name)
                        .register(registry));
    }

    /// Registers one counter for each value of an enumeration, with the value as a tag.
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

    /// State of the start: true once the server has been ready. Earlier requests are those of its own warm-up, and of
    /// clients that do not wait.
    static final class Readiness implements ApplicationListener<ApplicationReadyEvent>, BooleanSupplier {

        private volatile boolean reached;

        @Override
        public void onApplicationEvent(ApplicationReadyEvent event) {
            reached = true;
        }

        @Override
        public boolean getAsBoolean() {
            return reached;
        }
    }
}
