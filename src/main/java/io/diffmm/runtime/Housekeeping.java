package io.diffmm.runtime;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.InvalidArtifactException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Lets go what is no longer needed: copies on this machine, and old versions.
final class Housekeeping {

    private static final System.Logger LOG = System.getLogger(Housekeeping.class.getName());

    private final ArtifactRepository repository;
    private final ServedVersions served;
    private final DeploymentSettings settings;

    Housekeeping(ArtifactRepository repository, ServedVersions served, DeploymentSettings settings) {
        this.repository = repository;
        this.served = served;
        this.settings = settings;
    }

    /// Lets copies go that nobody needs.
    void tidy(Optional<String> pinned) {
        try {
            repository.retain(needed(pinned));
        } catch (UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage());
        }
    }

    /// Removes the oldest versions, if there are more than are to be kept.
    void prune(Optional<String> pinned) {
        if (settings.kept() == 0) {
            return;
        }
        try {
            if (!served.current().equals(repository.current())) {
                return; // what is newer may be wanted again
            }
            List<String> removed = repository.prune(settings.kept(), needed(pinned));
            removed.forEach(version -> LOG.log(System.Logger.Level.INFO, "removed version {0}", version));
        } catch (InvalidArtifactException | UncheckedIOException | IllegalStateException e) {
            LOG.log(System.Logger.Level.WARNING, "old versions cannot be removed: {0}", e.getMessage());
        }
    }

    private Set<String> needed(Optional<String> pinned) {
        Set<String> needed = new HashSet<>(served.names());
        pinned.ifPresent(needed::add);
        settings.canary().ifPresent(needed::add);
        return needed;
    }
}
