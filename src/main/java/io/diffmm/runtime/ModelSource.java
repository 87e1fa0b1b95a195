package io.diffmm.runtime;

import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.BucketSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// Where the versions of the model to serve are.
///
/// @param root a directory of published models, of one model, or of one version; or `s3://bucket/prefix`, of models
///     or of one
/// @param name which model; needed if there are several
/// @param endpoint of the bucket's store, if it is not that of AWS
/// @param region of the bucket
/// @param pathStyle whether the bucket is named in the path, not in the host
/// @param cache directory where versions from a bucket are kept; empty for one in the system's temporary directory
public record ModelSource(
        String root,
        Optional<String> name,
        Optional<URI> endpoint,
        Optional<String> region,
        boolean pathStyle,
        Optional<Path> cache) {

    ArtifactRepository repository() {
        var bucket = new BucketSettings(endpoint, region, pathStyle, cache.orElseGet(BucketSettings::usualCache));
        return ArtifactRepository.at(root, name, bucket);
    }
}
