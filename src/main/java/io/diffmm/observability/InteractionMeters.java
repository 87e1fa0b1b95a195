package io.diffmm.observability;

import io.diffmm.interactions.InteractionsListener;
import io.diffmm.recommendation.RecommendationService;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.Predicate;

/// Meters of recorded interactions and of the answers that led to them.
///
/// Recommendation ids come from clients and can have any value. Interactions with an id that no served
/// version issued are counted under the version `other`, which bounds the number of meters.
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
                .description("Requests to the interaction store that failed because it was unavailable")
                .register(registry);
    }

    private Counter outcome(String outcome) {
        return Counter.builder("diffmm.interactions")
                .description("Received interactions, by outcome")
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

    /// Removes the meters of versions that do not match the predicate.
    void retain(Predicate<String> versions) {
        followed.retain(version -> version.equals(OTHER) || versions.test(version));
    }

    private Counter followed(String key, String version) {
        return Counter.builder("diffmm.recommendations.followed")
                .description("Interactions that name the answer that led to them, by model version")
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
