package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where the published versions of one model are.
///
/// All methods throw [InvalidArtifactException] where something is not what the format asks for, and
/// [java.io.UncheckedIOException] where it cannot be read.
public interface ArtifactRepository extends AutoCloseable {

    /// The versions in a directory. Whether any of them is fit is not looked at.
    ///
    /// @param directory of published models, of one model, or of one version, which is the only one then
    /// @param name which model; needed if there are several
    /// @throws InvalidArtifactException if it is not clear which model is meant, or there is none
    static ArtifactRepository in(Path directory, Optional<String> name) {
        Path place = ArtifactLocator.locate(directory, name);
        return ArtifactLocator.isVersion(place) ? new SingleVersion(place, name) : new ModelDirectory(place, name);
    }

    /// The versions at a place: in a directory, or in a bucket.
    ///
    /// @param root a path, or `s3://bucket/prefix`, of published models or of one model
    /// @param name which model; needed if there are several
    /// @param settings of the bucket, if it is one
    /// @throws InvalidArtifactException if it is not clear which model is meant, or there is none
    static ArtifactRepository at(String root, Optional<String> name, BucketSettings settings) {
        return BucketUrl.isMeant(root)
                ? BucketRepository.open(BucketUrl.parse(root), name, settings)
                : in(Path.of(root), name);
    }

    /// The name of the version that is to be served.
    String current();

    /// Every version, the oldest first.
    List<String> versions();

    /// The directory of a version, on this machine.
    ///
    /// @throws InvalidArtifactException if there is no such version
    Path fetch(String version);

    /// A text that is another one when the version's files are others; empty if there is no such version.
    String stamp(String version);

    /// Removes the oldest versions until `most` are left, but none of `kept`, and none that is not older than the
    /// current one.
    ///
    /// @return what was removed
    List<String> prune(int most, Set<String> kept);

    /// Says which versions are in use: copies of others on this machine may go.
    default void retain(Set<String> versions) {}

    /// Ends what it takes to look at it.
    @Override
    default void close() throws IOException {}
}
