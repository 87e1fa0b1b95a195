package io.diffmm.deployment;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.BucketSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// Settings that select the served versions.
///
/// @param pinned version to serve instead of the published one
/// @param canary version for a share of the users
/// @param canaryShare share of the users that get the canary, in `[0, 1]`
/// @param kept number of versions to retain in the repository; 0 for all
public record DeploymentSettings(Optional<String> pinned, Optional<String> canary, double canaryShare, int kept) {

    public DeploymentSettings {
        if (!(canaryShare >= 0 && canaryShare <= 1)) {
            throw new IllegalArgumentException("canary share %s is not between 0 and 1".formatted(canaryShare));
        }
    }

    /// Location of the published versions of a model.
    ///
    /// @param root directory of published models, of one model, or of one version; or `s3://bucket/prefix` of
    ///     models or of one model
    /// @param name name of the model; required if there are several
    /// @param endpoint endpoint of the S3-compatible store; empty for AWS
    /// @param region region of the bucket
    /// @param pathStyle whether the bucket name is in the path instead of the host name
    /// @param cache directory for copies of versions from a bucket; empty for one in the system's temporary
    /// directory
    public record ModelSource(
            String root,
            Optional<String> name,
            Optional<URI> endpoint,
            Optional<String> region,
            boolean pathStyle,
            Optional<Path> cache) {

        ArtifactRepository repository() {
            var bucket = new BucketSettings(endpoint, region, pathStyle, cache.orElseGet(BucketSettings::defaultCache));
            return ArtifactRepository.at(root, name, bucket);
        }
    }
}
