package io.diffmm.artifacts;

import java.util.List;
import java.util.Optional;

/// Finds models in a bucket, and what is current of them.
final class BucketModel {

    /// A version's name and a newline are far shorter.
    private static final int MAXIMUM_CURRENT_BYTES = 256;

    private final Bucket bucket;
    private final BucketUrl url;

    BucketModel(Bucket bucket, BucketUrl url) {
        this.bucket = bucket;
        this.url = url;
    }

    /// The model at a URL, or the one of that name below it.
    ///
    /// @param name needed if there are several
    /// @throws InvalidArtifactException if there is none, or it is not clear which is meant
    static BucketUrl locate(Bucket bucket, BucketUrl root, Optional<String> name) {
        if (new BucketModel(bucket, root).isPublished()) {
            if (name.isPresent() && !name.get().equals(root.name())) {
                throw new InvalidArtifactException(
                        root.toString(), "is the model '%s', not '%s'".formatted(root.name(), name.get()));
            }
            return root;
        }
        return root.resolve(ModelChoice.of(root.toString(), names(bucket, root), name));
    }

    private static List<String> names(Bucket bucket, BucketUrl root) {
        return bucket.folders(root.key("")).stream()
                .filter(SafeName::isSafe)
                .filter(name -> new BucketModel(bucket, root.resolve(name)).isPublished())
                .toList();
    }

    private boolean isPublished() {
        return bucket.holds(url.key(ArtifactFiles.CURRENT));
    }

    /// The version that is current; empty if none was published yet.
    ///
    /// @throws InvalidArtifactException if it is not there
    Optional<String> current() {
        Optional<String> version = named();
        version.ifPresent(named -> {
            if (!bucket.holds(url.resolve(named).key(ArtifactFiles.MANIFEST))) {
                throw invalid("names the version %s, which is not there".formatted(named));
            }
        });
        return version;
    }

    /// The version that `current` names, whether or not it is there.
    Optional<String> named() {
        Optional<String> text = bucket.text(url.key(ArtifactFiles.CURRENT), MAXIMUM_CURRENT_BYTES + 1);
        return text.map(content -> {
            if (content.length() > MAXIMUM_CURRENT_BYTES) {
                throw invalid("holds more than the name of a version");
            }
            if (!SafeName.isSafe(content.strip())) {
                throw invalid("does not hold the name of a version");
            }
            return content.strip();
        });
    }

    private InvalidArtifactException invalid(String reason) {
        return new InvalidArtifactException(url.resolve(ArtifactFiles.CURRENT).toString(), reason);
    }
}
