package io.diffmm.observability;

import io.diffmm.interactions.InteractionsListener;
import io.diffmm.recommendation.RecommendationService;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.Predicate;

/// Counts what users do, and which answers it came from.
///
/// Answers of a model that is not loaded any more are counted together: ids are sent by clients, who may send
/// anything.
final class InteractionMeters implements InteractionsListener {

    private static final String OTHER = "other";

    private final MeterRegistry registry;
    private final RecommendationService recommendations;
    private final VersionedMeters<String, Counter> followed;
    private final Counter recorded;
    private final Counter duplicates;
    private final Counter rejected;
    private final Counter unavailable;

    InteractionMeters(MeterRegistry registry, RecommendationService recommendations) {
        this.registry = registry;
        this.recommendations = recommendations;
        this.followed = new VersionedMeters<>(registry, this::followed);
        this.recorded = outcome("recorded");
        this.duplicates = outcome("duplicate");
        this.rejected = outcome("rejected");
        this.unavailable = Counter.builder("diffmm.interactions.unavailable")
                .description("Requests to the store of interactions that found it away")
                .register(registry);
    }

    private Counter outcome(String outcome) {
        return Counter.builder("diffmm.interactions")
                .description("Interactions that were sent, by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }

    @Override
    public void recorded(int count, int repeated, List<String> recommendationIds) {
        recorded.increment(count);
        duplicates.increment(repeated);
        recommendationIds.forEach(id ->
                followed.of(recommendations.versionOf(id).orElse(OTHER), "").increment());
    }

    /// Counts clicks on answers of no other versions any more.
    void retain(Predicate<String> versions) {
        followed.retain(version -> version.equals(OTHER) || versions.test(version));
    }

    private Counter followed(String key, String version) {
        return Counter.builder("diffmm.recommendations.followed")
                .description("Interactions that name the answer that they came from, by the version of its model")
                .tag("version", version)
                .register(registry);
    }

    @Override
    public void rejected(long lines) {
        rejected.increment((double) lines);
    }

    @Override
    public void unavailable() {
        unavailable.increment();
    }
}
