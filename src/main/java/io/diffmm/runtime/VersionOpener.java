package io.diffmm.runtime;

import java.nio.file.Path;

/// Opens versions and finds them fit to serve.
@FunctionalInterface
public interface VersionOpener {

    /// Opens a version.
    ///
    /// @param version its directory
    /// @param loading with what priority it is loaded
    /// @throws InvalidArtifactException if it is not fit
    /// @throws RuntimeException if it cannot be opened now
    ModelRuntime open(Path version, Loading loading);
}
