package io.diffmm.runtime;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.runtime.VersionState.Condition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The versions that there are, and what became of each.
final class VersionList {

    private final ArtifactRepository repository;
    private final Refusals refusals;

    VersionList(ArtifactRepository repository, Refusals refusals) {
        this.repository = repository;
        this.refusals = refusals;
    }

    /// The names of the versions in the repository, the oldest first.
    ///
    /// @throws VersionRefusedException if it is none
    List<String> available() {
        try {
            return repository.versions();
        } catch (InvalidArtifactException e) {
            throw new VersionRefusedException(String.valueOf(e.getMessage()));
        }
    }

    /// All versions, those that were only tried among them, the newest first.
    ///
    /// @throws VersionRefusedException if the repository is none
    List<VersionState> states(ServedVersions served, Optional<String> pinned) {
        Optional<String> published = published();
        Set<String> versions = new TreeSet<>(available());
        versions.addAll(served.names());
        versions.addAll(refusals.names());
        return List.copyOf(versions).reversed().stream()
                .map(version -> new VersionState(
                        version,
                        condition(version, served),
                        published.equals(Optional.of(version)),
                        pinned.equals(Optional.of(version)),
                        refusals.of(version)))
                .toList();
    }

    /// Empty if it is not there, which is what those want to mend who look.
    private Optional<String> published() {
        try {
            return Optional.of(repository.current());
        } catch (InvalidArtifactException _) {
            return Optional.empty();
        }
    }

    private Condition condition(String version, ServedVersions served) {
        if (version.equals(served.current())) {
            return Condition.CURRENT;
        }
        if (served.find(version).isPresent()) {
            return Condition.CANARY;
        }
        return refusals.of(version).isPresent() ? Condition.REFUSED : Condition.AVAILABLE;
    }
}
