package io.diffmm.artifacts;

import java.util.Collection;
import java.util.List;

/// Which versions go when only some are kept.
final class OldVersions {

    private OldVersions() {}

    /// The oldest versions beyond `most`, but none that is needed.
    ///
    /// @param versions the oldest first
    static List<String> beyond(int most, List<String> versions, Collection<String> needed) {
        return versions.stream()
                .filter(version -> !needed.contains(version))
                .limit(Math.max(0, versions.size() - most))
                .toList();
    }
}
