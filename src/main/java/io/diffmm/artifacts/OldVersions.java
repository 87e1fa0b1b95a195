package io.diffmm.artifacts;

import java.util.Collection;
import java.util.List;

/// Which versions go when only some are kept.
final class OldVersions {

    private OldVersions() {}

    /// The oldest versions beyond `most`, but none that is kept. What is not older than the current one stays, too: it
    /// may be about to become current.
    ///
    /// @param versions the oldest first
    static List<String> beyond(int most, List<String> versions, String current, Collection<String> kept) {
        return versions.stream()
                .filter(version -> version.compareTo(current) < 0 && !kept.contains(version))
                .limit(Math.max(0, versions.size() - most))
                .toList();
    }
}
