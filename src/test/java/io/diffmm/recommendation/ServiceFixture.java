package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import io.diffmm.deployment.FakeRepository;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.interactions.Activity;
import io.diffmm.runtime.FakeModelRuntime;
import io.diffmm.runtime.RuntimeListener.RequestTrace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// The service with a runtime whose answers are known, a clock that stands still, and an encoder that
/// remembers.
final class ServiceFixture {

    static final Duration TIMEOUT = Duration.ofMillis(200);
    static final int MOST = 4;
    static final CacheProperties CACHE =
            new CacheProperties(1000, Duration.ofMinutes(10), Duration.ofMinutes(5), 2, Duration.ofMinutes(1));

    private final AtomicInteger working = new AtomicInteger();
    final FakeModelRuntime runtime = new FakeModelRuntime();
    final ModelDeployment deployment = FakeRepository.deployment(runtime);
    final Recorder recorder = new Recorder();
    final RememberingEncoder encoder = new RememberingEncoder();
    final AsyncLoadingCache<AnswerKey, EncodedAnswer> cache;
    final Freshness freshness;
    final RecommendationService service;

    /// What the store of interactions says.
    final AtomicReference<Function<String, Activity>> activities = new AtomicReference<>(_ -> Activity.NONE);

    private final AtomicLong nanos = new AtomicLong();

    /// Whom the store knows to be erased, and whether it hears of changes.
    final Set<String> erased = ConcurrentHashMap.newKeySet();
    final AtomicBoolean current = new AtomicBoolean(true);

    final UserHistories.Store store = new UserHistories.Store() {
        @Override
        public Activity activity(String userId) {
            return activities.get().apply(userId);
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
        var histories = new UserHistories(store, MOST, TIMEOUT, () -> this::start, recorder);
        var source = new AnswerSource(deployment, histories, encoder, this::start);
        var loader = new AnswerLoader(source, properties.maximumRefreshes(), recorder);
        cache = AnswerCache.create(properties, loader, this::start, nanos::get);
        freshness = new Freshness(cache);
        service = new RecommendationService(deployment, source, cache, freshness, TIMEOUT, recorder);
    }

    void pass(Duration duration) {
        settle();
        nanos.addAndGet(duration.toNanos());
    }

    /// Waits until nothing is at work: an answer is dated a moment after those who wait have it.
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

    Recommendations recommend(String userId, RecommendationQuery query) {
        return encoder.recommendations(service.recommend(userId, query));
    }

    SimilarItems similar(String itemId, int limit) {
        return encoder.similar(service.similar(itemId, limit));
    }

    /// Its bytes are the answer's id.
    static final class RememberingEncoder implements AnswerEncoder {

        private final Map<String, Recommendations> recommendations = new ConcurrentHashMap<>();
        private final Map<String, HistorySummary> histories = new ConcurrentHashMap<>();
        private final Map<String, SimilarItems> similar = new ConcurrentHashMap<>();
        final List<String> threads = new CopyOnWriteArrayList<>();

        @Override
        public byte[] encode(String userId, UserRecommendations answer) {
            threads.add(Thread.currentThread().toString());
            histories.put(answer.recommendations().id(), answer.history());
            recommendations.put(answer.recommendations().id(), answer.recommendations());
            return answer.recommendations().id().getBytes(StandardCharsets.UTF_8);
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
            return Objects.requireNonNull(histories.get(id(answer)));
        }

        SimilarItems similar(EncodedAnswer answer) {
            return Objects.requireNonNull(similar.get(id(answer)));
        }

        private static String id(EncodedAnswer answer) {
            return new String(answer.plain().bytes(), StandardCharsets.UTF_8);
        }
    }

    /// Writes down what it hears.
    static final class Recorder implements RecommendationListener {

        final List<String> heard = new CopyOnWriteArrayList<>();
        final List<AnswerOrigin> origins = new CopyOnWriteArrayList<>();

        @Override
        public RequestTrace follow() {
            return (stage, _, _) -> heard.add("stage " + stage);
        }

        @Override
        public void historyTook(Duration duration) {
            if (duration.isNegative()) {
                throw new AssertionError(duration);
            }
            heard.add("history");
        }

        @Override
        public void answered(AnswerKind kind, String version) {
            heard.add(kind.name());
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
            heard.add("unavailable " + reason);
        }

        @Override
        public void failed(String version) {
            heard.add("failed " + version);
        }

        @Override
        public void refresh(RefreshEvent event) {
            heard.add("refresh " + event);
        }
    }
}
