package io.diffmm.artifacts;

import io.diffmm.artifacts.ArtifactNames.SafeName;
import io.diffmm.artifacts.BucketSettings.BucketUrl;
import java.util.List;
import java.util.Optional;

/// Locator of a model in a bucket and of its current version.
final class BucketModel {

    private final Bucket bucket;
    private final BucketUrl url;

    BucketModel(Bucket bucket, BucketUrl url) {
        this.bucket = bucket;
        this.url = url;
    }

    /// Returns the location of the model at a URL, or of the one with that name below it.
    ///
    /// @param name name of the model; required if there are several
    /// @throws InvalidArtifactException if there is none or the model is ambiguous
    static BucketUrl locate(Bucket bucket, BucketUrl root, Optional<String> name) {
        if (new BucketModel(bucket, root).isPublished()) {
            if (name.isPresent() && !name.get().equals(root.name())) {
                throw new InvalidArtifactException(
                        root.toString(), "is the model '%s', not '%s'".formatted(root.name(), name.get()));
            }
            return root;
        }
        return root.resolve(ArtifactLocator.choose(root.toString(), names(bucket, root), name));
    }

    private static List<String> names(Bucket bucket, BucketUrl root) {
        return bucket.folders(root.key("")).stream()
                .filter(SafeName::isSafe)
                .filter(name -> new BucketModel(bucket, root.resolve(name)).isPublished())
                .toList();
    }

    private boolean isPublished() {
        return bucket.contains(url.key(ArtifactNames.CURRENT));
    }

    /// Returns the name of the current version; empty if none was published yet.
    ///
    /// @throws InvalidArtifactException if the current version does not exist
    Optional<String> current() {
        Optional<String> version = named();
        version.ifPresent(named -> {
            if (!bucket.contains(url.resolve(named).key(ArtifactNames.MANIFEST))) {
                throw invalid(ArtifactLocator.MISSING_VERSION.formatted(named));
            }
        });
        return version;
    }

    /// Returns the name of the current version, whether or not that version exists.
    Optional<String> named() {
        Optional<String> text = bucket.text(url.key(ArtifactNames.CURRENT), ArtifactLocator.MAX_CURRENT_BYTES + 1);
        return text.map(content -> {
            if (content.length() > ArtifactLocator.MAX_CURRENT_BYTES) {
                throw invalid(ArtifactLocator.TOO_LONG);
            }
            if (!SafeName.isSafe(content.strip())) {
                throw invalid(ArtifactLocator.NO_VERSION_NAME);
            }
            return content.strip();
        });
    }

    private InvalidArtifactException invalid(String reason) {
        return new InvalidArtifactException(url.resolve(ArtifactNames.CURRENT).toString(), reason);
    }
}
