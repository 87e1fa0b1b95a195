package io.diffmm.artifacts;

import io.diffmm.artifacts.BucketSettings.BucketUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Repository of the published versions of one model.
///
/// All methods throw [InvalidArtifactException] if something violates the artifact format, and
/// [java.io.UncheckedIOException] if something cannot be read.
public interface ArtifactRepository extends AutoCloseable {

    /// Opens a repository in a directory. Does not verify its versions.
    ///
    /// @param directory directory of published models, of one model, or of one version
    /// @param name name of the model; required if there are several
    /// @throws InvalidArtifactException if there is no model or the model is ambiguous
    static ArtifactRepository in(Path directory, Optional<String> name) {
        Path place = ArtifactLocator.locate(directory, name);
        return ArtifactLocator.isVersion(place)
                ? new DirectoryRepository.SingleVersion(place, name)
                : new DirectoryRepository(place, name);
    }

    /// Opens a repository in a directory or in a bucket.
    ///
    /// @param root path, or `s3://bucket/prefix`, of published models or of one model
    /// @param name name of the model; required if there are several
    /// @param settings settings of the bucket, if `root` is one
    /// @throws InvalidArtifactException if there is no model or the model is ambiguous
    static ArtifactRepository at(String root, Optional<String> name, BucketSettings settings) {
        return BucketUrl.isMeant(root)
                ? BucketRepository.open(BucketUrl.parse(root), name, settings)
                : in(Path.of(root), name);
    }

    /// Reads the name of the published version to serve.
    String current();

    /// Returns the names of all versions, the oldest first.
    List<String> versions();

    /// Returns the directory of a version on this machine, and copies the version there if necessary.
    ///
    /// @throws InvalidArtifactException if there is no such version
    Path fetch(String version);

    /// Returns a text that changes when the files of the version change; empty if there is no such version.
    String fingerprint(String version);

    /// Removes the oldest versions until `max` are left, except those of `kept` and those not older than the current
    /// one.
    ///
    /// @return the names of the removed versions
    List<String> prune(int max, Set<String> kept);

    /// Returns the versions that [#prune] removes. Reads the current version afresh: removing it is never right, and a
    /// version that is not older may be about to become current.
    default List<String> prunable(int max, Set<String> kept) {
        List<String> versions = versions();
        String current = current();
        return versions.stream()
                .filter(version -> version.compareTo(current) < 0 && !kept.contains(version))
                .limit(Math.max(0, versions.size() - max))
                .toList();
    }

    /// Permits the repository to delete local copies of all versions except these.
    default void retain(Set<String> versions) {}

    /// Closes connections and releases local copies.
    @Override
    default void close() throws IOException {}
}
