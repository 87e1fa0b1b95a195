package io.diffmm.deployment;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// State of a version on this server.
///
/// @param published whether it is the published version of the repository
/// @param pinned whether this server serves it regardless of the published version
/// @param refusal reason why it was refused; empty if it was not tried or was loaded
public record VersionState(
        String version, Condition condition, boolean published, boolean pinned, Optional<Refusal> refusal) {

    /// Use of a version on this server.
    public enum Condition {
        CURRENT,
        CANARY,
        AVAILABLE,
        REFUSED
    }

    /// Reason and time of a refusal.
    public record Refusal(String reason, Instant at) {}

    /// Returns the states of all versions that are in the repository, served or refused, the newest first.
    ///
    /// @throws VersionRefusedException if the repository is invalid
    static List<VersionState> list(
            RepositorySnapshot repository,
            ServedVersions served,
            VersionLoader.RejectedVersions rejected,
            Optional<String> pinned) {
        Optional<String> published = repository.findPublished();
        Set<String> versions = new TreeSet<>(repository.versions());
        versions.addAll(served.names());
        versions.addAll(rejected.names());
        return List.copyOf(versions).reversed().stream()
                .map(version -> new VersionState(
                        version,
                        condition(version, served, rejected),
                        published.equals(Optional.of(version)),
                        pinned.equals(Optional.of(version)),
                        rejected.of(version)))
                .toList();
    }

    private static Condition condition(String version, ServedVersions served, VersionLoader.RejectedVersions rejected) {
        if (version.equals(served.currentName())) {
            return Condition.CURRENT;
        }
        if (served.find(version).isPresent()) {
            return Condition.CANARY;
        }
        return rejected.of(version).isPresent() ? Condition.REFUSED : Condition.AVAILABLE;
    }
}
