package io.diffmm.runtime;

import io.diffmm.runtime.Models.ServedVersion;
import java.util.List;

/// Hears which versions are served. Must be quick and must not throw.
public interface DeploymentListener {

    /// From now on these versions are served, the current one first.
    default void serving(List<ServedVersion> versions) {}

    /// A version was not taken: the ones before are served as they were.
    ///
    /// @param version empty if not even its name can be found out
    default void refused(String version, String reason) {}

    /// The versions cannot be looked at for now: the ones before are served as they were.
    default void unavailable(String reason) {}
}
