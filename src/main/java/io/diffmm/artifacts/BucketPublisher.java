package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Publishes a model into a bucket by way of a directory on this machine, in which it is trained, compared with what is
/// current, verified and published first.
///
/// In the bucket the manifest is written after the other files, and `current` after the manifest: who reads it finds
/// the version before or the new one, whole. Of two publishers at once, the version of the later one is current.
public final class BucketPublisher implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(BucketPublisher.class.getName());
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(60);

    private final Bucket bucket;
    private final BucketUrl model;
    private final Path root;

    /// A publisher of the model called `name` into `root`.
    public BucketPublisher(BucketUrl root, String name, BucketSettings settings) {
        this.bucket = Bucket.open(root.bucket(), settings);
        this.model = root.resolve(SafeName.require("model name", name));
        this.root = directory(root, settings);
    }

    /// The directory of published models on this machine that stands for a place in a bucket.
    public static Path directory(BucketUrl root, BucketSettings settings) {
        return settings.directory("training", root);
    }

    /// Makes what is current in the bucket current in the directory.
    ///
    /// @throws UncheckedIOException if the bucket cannot be read
    public void prepare() {
        Path directory = root.resolve(model.name());
        try {
            OwnDirectory.create(root);
            Files.createDirectories(directory);
            try (var _ = PublisherLock.acquire(directory.resolve(".lock"), LOCK_TIMEOUT)) {
                Optional<String> current = new BucketModel(bucket, model).named();
                if (current.isPresent()) {
                    copy(current.get(), directory.resolve(current.get()));
                    DurableFiles.replace(directory.resolve(ArtifactFiles.CURRENT), current.get() + '\n');
                } else {
                    Files.deleteIfExists(directory.resolve(ArtifactFiles.CURRENT));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    /// What is not fit to be compared with is not there; who compares says so.
    private void copy(String version, Path target) throws IOException {
        DurableFiles.deleteTree(target);
        Path copies = target.resolveSibling(ArtifactStore.STAGING + "copies"); // the next publisher removes it
        try (var own = OwnDirectory.claim(copies)) {
            Path copy = new BucketRepository(bucket, model, own).fetch(version);
            DurableFiles.move(copy, target);
        } catch (InvalidArtifactException _) {
            DurableFiles.deleteTree(target);
        }
    }

    /// Uploads a version that was published in the directory, and makes it current.
    ///
    /// @return its URL
    /// @throws UncheckedIOException if that fails; what was current stays so
    public String publish(Path version) {
        BucketUrl target = model.resolve(version.getFileName().toString());
        upload(version, target);
        bucket.write(target.name() + '\n', model.key(ArtifactFiles.CURRENT));
        tidy();
        return target.toString();
    }

    /// Uploads a version that was kept unpublished in the directory, into `unpublished`, where no server looks.
    ///
    /// @return its URL
    /// @throws UncheckedIOException if that fails
    public String keepUnpublished(Path candidate) {
        BucketUrl target = model.resolve(ArtifactFiles.UNPUBLISHED)
                .resolve(candidate.getFileName().toString());
        upload(candidate, target);
        return target.toString();
    }

    /// Removes what was published before from the directory; the bucket has it.
    private void tidy() {
        try {
            new ModelDirectory(root.resolve(model.name()), Optional.empty()).prune(1, Set.of());
        } catch (InvalidArtifactException | UncheckedIOException | IllegalStateException e) {
            LOG.log(System.Logger.Level.WARNING, "old versions in {0} stay: {1}", root, e.getMessage());
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
                    "%s is not published, and what was current stays so: %s; it lies in %s"
                            .formatted(target, e.getMessage(), version),
                    new IOException(e));
        }
    }

    /// The manifest last.
    private static List<Path> inOrder(Path version) {
        Path manifest = version.resolve(ArtifactFiles.MANIFEST);
        try {
            List<Path> files = new ArrayList<>(DurableFiles.children(version));
            files.remove(manifest);
            files.add(manifest);
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(version, e.getMessage()), e);
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
