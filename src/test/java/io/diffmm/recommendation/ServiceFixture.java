package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncCache;
import io.diffmm.deployment.FakeRepository;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.interactions.Activity;
import io.diffmm.recommendation.CacheInvalidator.AnswerKey;
import io.diffmm.recommendation.EncodedAnswer.AnswerEncoder;
import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.Recommendations.HistorySummary;
import io.diffmm.recommendation.Recommendations.SimilarItems;
import io.diffmm.recommendation.RecommendationsUnavailableException.UnavailableReason;
import io.diffmm.recommendation.ServingProperties.CacheProperties;
import io.diffmm.runtime.FakeModelRuntime;
import io.diffmm.runtime.RuntimeListener.RequestTrace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Service with a runtime whose answers are known, a clock that stands still, and an encoder that records its answers.
final class ServiceFixture {

    static final Duration TIMEOUT = Duration.ofMillis(200);
    static final int MAX_HISTORY = 4;
    static final CacheProperties CACHE =
            new CacheProperties(1000, Duration.ofMinutes(10), Duration.ofMinutes(5), 2, Duration.ofMinutes(1));

    private final AtomicInteger working = new AtomicInteger();
    final FakeModelRuntime runtime = new FakeModelRuntime();
    final ModelDeployment deployment = FakeRepository.deployment(runtime);
    final Recorder recorder = new Recorder();
    final RecordingEncoder encoder = new RecordingEncoder();
    final AsyncCache<AnswerKey, EncodedAnswer> cache;
    final CacheInvalidator invalidator;
    final RecommendationService service;

    /// Recorded interactions of each user, as the store returns them.
    final AtomicReference<Function<String, Activity>> activities = new AtomicReference<>(_ -> Activity.NONE);

    private final AtomicLong nanos = new AtomicLong();

    /// Users that the store has erased, users that it certainly lacks, and whether it is informed of
    /// changes.
    final Set<String> erased = ConcurrentHashMap.newKeySet();
    final Set<String> absent = ConcurrentHashMap.newKeySet();
    final AtomicBoolean current = new AtomicBoolean(true);

    final Activity.Store store = new Activity.Store() {
        @Override
        public Activity activity(String userId) {
            return activities.get().apply(userId);
        }

        @Override
        public Optional<Activity> known(String userId) {
            return absent.contains(userId) ? Optional.of(Activity.NONE) : Optional.empty();
        }

        @Override
        public boolean erased(String userId) {
            return erased.contains(userId);
        }

        @Override
        public boolean current() {
            return current.get();
        }
    };

    ServiceFixture(CacheProperties properties) {
        this(properties, TIMEOUT);
    }

    /// @param timeout time that requests wait for an answer, and answers for the store
    ServiceFixture(CacheProperties properties, Duration timeout) {
        var histories = new UserHistories(store, MAX_HISTORY, timeout, this::start, recorder);
        var pipeline = new RecommendationPipeline(histories, encoder, timeout);
        var answers =
                new AnswerCache(properties, deployment.served(), pipeline, timeout, this::start, nanos::get, recorder);
        cache = answers.answers();
        invalidator = new CacheInvalidator(cache);
        service = new RecommendationService(deployment.served(), pipeline, answers, invalidator, recorder);
    }

    void pass(Duration duration) {
        settle();
        nanos.addAndGet(duration.toNanos());
    }

    /// Waits until no task runs: an answer is dated a moment after the waiting requests receive it.
    void settle() {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (working.get() > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }

    private void start(Runnable task) {
        working.incrementAndGet();
        Thread.ofVirtual().start(() -> {
            try {
                task.run();
            } finally {
                working.decrementAndGet();
            }
        });
    }

    /// Waits until a thread waits with a time limit, as a request does for an answer.
    static void awaitWaiting(Thread thread) {
        await(() -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    /// Waits until a condition holds.
    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the condition does not hold within 10 s");
            }
            Thread.onSpinWait();
        }
    }

    static BitSet rows(int... rows) {
        BitSet set = new BitSet();
        IntStream.of(rows).forEach(set::set);
        return set;
    }

    Recommendations recommend(String userId, RecommendationQuery query) {
        return encoder.recommendations(service.recommend(userId, query));
    }

    SimilarItems similar(String itemId, int limit) {
        return encoder.similar(service.similar(itemId, limit));
    }

    /// Encoder whose bytes are the answer's id.
    static final class RecordingEncoder implements AnswerEncoder {

        private final Map<String, Recommendations> recommendations = new ConcurrentHashMap<>();
        private final Map<String, SimilarItems> similar = new ConcurrentHashMap<>();
        final List<String> threads = new CopyOnWriteArrayList<>();

        /// Runs before an answer is encoded.
        volatile Runnable before = () -> {};

        @Override
        public byte[] encode(String userId, Recommendations answer) {
            threads.add(Thread.currentThread().toString());
            before.run();
            recommendations.put(answer.id(), answer);
            return answer.id().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] encode(SimilarItems answer) {
            similar.put(answer.id(), answer);
            return answer.id().getBytes(StandardCharsets.UTF_8);
        }

        Recommendations recommendations(EncodedAnswer answer) {
            return Objects.requireNonNull(recommendations.get(id(answer)));
        }

        HistorySummary history(EncodedAnswer answer) {
            return recommendations(answer).history();
        }

        SimilarItems similar(EncodedAnswer answer) {
            return Objects.requireNonNull(similar.get(id(answer)));
        }

        private static String id(EncodedAnswer answer) {
            return new String(answer.body(), StandardCharsets.UTF_8);
        }
    }

    /// Listener that records its calls.
    static final class Recorder implements RecommendationListener {

        final List<String> calls = new CopyOnWriteArrayList<>();
        final List<AnswerOrigin> origins = new CopyOnWriteArrayList<>();

        @Override
        public RequestTrace follow() {
            return (stage, _, _) -> calls.add("stage " + stage);
        }

        @Override
        public void historyTook(Duration duration) {
            if (duration.isNegative()) {
                throw new AssertionError(duration);
            }
            calls.add("history");
        }

        @Override
        public void answered(AnswerKind kind, String version) {
            calls.add(kind.name());
        }

        @Override
        public void answerTook(AnswerOrigin origin, String version, Duration duration) {
            if (duration.isNegative()) {
                throw new AssertionError(duration);
            }
            origins.add(origin);
        }

        @Override
        public void unavailable(UnavailableReason reason) {
            calls.add("unavailable " + reason);
        }

        @Override
        public void failed(String version) {
            calls.add("failed " + version);
        }

        @Override
        public void refresh(RefreshEvent event) {
            calls.add("refresh " + event);
        }
    }
}
