package io.diffmm.artifacts;

import io.diffmm.artifacts.ArtifactNames.SafeName;
import io.diffmm.artifacts.BucketSettings.BucketUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publisher into a bucket, by way of a local directory of published models.
///
/// Training, comparison with the current version, verification and a first publication happen in the local directory.
/// The upload writes the manifest after the other files and `current` after the manifest, so that a reader finds the
/// complete old or new version. If two publishers run at once, the version of the later one becomes current.
public final class BucketPublisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BucketPublisher.class);
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(60);

    private final Bucket bucket;
    private final BucketUrl model;
    private final Path root;

    /// Creates a publisher of the model `name` into `root`.
    public BucketPublisher(BucketUrl root, String name, BucketSettings settings) {
        this.bucket = Bucket.open(root.bucket(), settings);
        this.model = root.resolve(SafeName.require("model name", name));
        this.root = directory(root, settings);
    }

    /// Returns the local directory of published models for a location in a bucket.
    public static Path directory(BucketUrl root, BucketSettings settings) {
        return settings.directory("training", root);
    }

    /// Copies the current version of the bucket to the local directory and makes it current there.
    ///
    /// @throws UncheckedIOException if the bucket cannot be read
    public void prepare() {
        Path directory = root.resolve(model.name());
        try {
            ExclusiveDirectory.create(root);
            Files.createDirectories(directory);
            try (var _ = PublisherLock.acquire(directory.resolve(ArtifactNames.LOCK), LOCK_TIMEOUT)) {
                Optional<String> current = new BucketModel(bucket, model).named();
                if (current.isPresent()) {
                    copy(current.get(), directory.resolve(current.get()));
                    FileOperations.replace(directory.resolve(ArtifactNames.CURRENT), current.get() + '\n');
                } else {
                    Files.deleteIfExists(directory.resolve(ArtifactNames.CURRENT));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    /// Copies a version, but leaves out one that is invalid; the comparison reports it as missing.
    private void copy(String version, Path target) throws IOException {
        FileOperations.deleteTree(target);
        Path copies = target.resolveSibling(ArtifactNames.STAGING + "copies"); // the next publisher removes it
        try (var own = ExclusiveDirectory.claim(copies)) {
            Path copy = new BucketRepository(bucket, model, own).fetch(version);
            FileOperations.move(copy, target);
        } catch (InvalidArtifactException _) {
            FileOperations.deleteTree(target);
        }
    }

    /// Uploads a version that was published in the local directory, and makes it current.
    ///
    /// @return its URL
    /// @throws UncheckedIOException if the upload fails; the current version stays the same
    public String publish(Path version) {
        BucketUrl target = model.resolve(version.getFileName().toString());
        upload(version, target);
        bucket.write(target.name() + '\n', model.key(ArtifactNames.CURRENT));
        removeLocalVersions();
        return target.toString();
    }

    /// Uploads a version that was stored unpublished in the local directory, into `unpublished`, where servers do not
    /// search.
    ///
    /// @return its URL
    /// @throws UncheckedIOException if the upload fails
    public String keepUnpublished(Path candidate) {
        BucketUrl target = model.resolve(ArtifactNames.UNPUBLISHED)
                .resolve(candidate.getFileName().toString());
        upload(candidate, target);
        return target.toString();
    }

    /// Removes older versions from the local directory; the bucket has them.
    private void removeLocalVersions() {
        try {
            new DirectoryRepository(root.resolve(model.name()), Optional.empty()).prune(1, Set.of());
        } catch (InvalidArtifactException | UncheckedIOException | IllegalStateException e) {
            LOG.warn("Old versions in {} could not be removed: {}", root, e.getMessage());
        }
    }

    private void upload(Path version, BucketUrl target) {
        List<String> written = new ArrayList<>();
        try {
            for (Path file : inOrder(version)) {
                String key = target.key(file.getFileName().toString());
                written.add(key);
                bucket.upload(file, key);
            }
        } catch (InvalidArtifactException | UncheckedIOException e) {
            removeAfter(e, written);
            throw new UncheckedIOException(
                    "%s is not published, and the current version stays the same: %s; the local copy is in %s"
                            .formatted(target, e.getMessage(), version),
                    new IOException(e));
        }
    }

    /// Returns the files of a version, the manifest last.
    private static List<Path> inOrder(Path version) {
        Path manifest = version.resolve(ArtifactNames.MANIFEST);
        try {
            List<Path> files = new ArrayList<>(FileOperations.children(version));
            files.remove(manifest);
            files.add(manifest);
            return files;
        } catch (IOException e) {
            throw FileOperations.unreadable(version, e);
        }
    }

    private void removeAfter(RuntimeException failure, List<String> keys) {
        try {
            keys.reversed().forEach(bucket::delete);
        } catch (InvalidArtifactException | UncheckedIOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        bucket.close();
    }
}
