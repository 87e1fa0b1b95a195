package io.diffmm.runtime;

import io.diffmm.runtime.VersionState.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/// Versions that were not taken. One that is not fit is not, until its files are others; one that could not be
/// opened for another reason is tried again, after a pause that doubles each time.
final class Refusals {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    private final Map<String, Refused> versions = new ConcurrentHashMap<>();
    private final InstantSource clock;

    Refusals(InstantSource clock) {
        this.clock = clock;
    }

    /// @param pause until it is tried again; empty for never
    private record Refused(String stamp, Refusal refusal, Optional<Duration> pause) {

        boolean isTriedAgain(Instant now) {
            return pause.isPresent() && !now.isBefore(refusal.at().plus(pause.get()));
        }
    }

    /// Is not fit.
    void unfit(String version, String stamp, String reason) {
        add(version, stamp, reason, Optional.empty());
    }

    /// Could not be opened, which says nothing of the version.
    void failed(String version, String stamp, String reason) {
        Duration pause = Optional.ofNullable(versions.get(version))
                .filter(before -> before.stamp().equals(stamp))
                .flatMap(Refused::pause)
                .map(before -> before.multipliedBy(2))
                .orElse(FIRST_PAUSE);
        add(version, stamp, reason, Optional.of(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE));
    }

    private void add(String version, String stamp, String reason, Optional<Duration> pause) {
        versions.put(version, new Refused(stamp, new Refusal(reason, clock.instant()), pause));
    }

    /// Whether a version with these very files was not taken, and is not to be tried now.
    boolean has(String version, String stamp) {
        Refused refused = versions.get(version);
        return refused != null && refused.stamp().equals(stamp) && !refused.isTriedAgain(clock.instant());
    }

    Optional<Refusal> of(String version) {
        return Optional.ofNullable(versions.get(version)).map(Refused::refusal);
    }

    /// The names of all.
    Set<String> names() {
        return Set.copyOf(versions.keySet());
    }

    void forEach(BiConsumer<String, Refusal> action) {
        versions.forEach((version, refused) -> action.accept(version, refused.refusal()));
    }

    void remove(String version) {
        versions.remove(version);
    }
}
