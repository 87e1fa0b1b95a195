package io.diffmm.runtime;

import java.util.Optional;

/// Which versions are to be served.
///
/// @param pinned the version to serve, whichever was published last
/// @param canary a version for some of the users
/// @param canaryShare of the users who get it, from 0 to 1
/// @param kept how many versions are kept; 0 for all
public record DeploymentSettings(Optional<String> pinned, Optional<String> canary, double canaryShare, int kept) {

    public DeploymentSettings {
        if (!(canaryShare >= 0 && canaryShare <= 1)) {
            throw new IllegalArgumentException(
                    "the canary's share is %s; from 0 to 1 is possible".formatted(canaryShare));
        }
    }
}
