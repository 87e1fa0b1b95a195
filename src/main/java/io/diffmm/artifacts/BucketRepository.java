package io.diffmm.artifacts;

import io.diffmm.artifacts.ArtifactNames.SafeName;
import io.diffmm.artifacts.Bucket.StoredObject;
import io.diffmm.artifacts.BucketSettings.BucketUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/// Repository in a bucket. Copies fetched versions to this machine, and copies them again when their
/// objects change.
///
/// A version exists if its manifest does: publishers write the manifest last, and a removal deletes it
/// first.
final class BucketRepository implements ArtifactRepository, AutoCloseable {

    private static final String MANIFEST = "/" + ArtifactNames.MANIFEST;

    private final Bucket bucket;
    private final BucketUrl model;
    private final ExclusiveDirectory copies;
    private final BucketCache cache;

    /// @param bucket bucket, closed with the repository
    /// @param copies directory for copies, closed with the repository
    BucketRepository(Bucket bucket, BucketUrl model, ExclusiveDirectory copies) {
        this.bucket = bucket;
        this.model = model;
        this.copies = copies;
        this.cache = new BucketCache(copies);
    }

    /// Opens the repository of the model at a URL, or of the one with that name below it.
    static BucketRepository open(BucketUrl root, Optional<String> name, BucketSettings settings) {
        Bucket bucket = Bucket.open(root.bucket(), settings);
        BucketUrl model = BucketModel.locate(bucket, root, name);
        return new BucketRepository(bucket, model, ExclusiveDirectory.claim(settings.directory("serving", model)));
    }

    @Override
    public String current() {
        return new BucketModel(bucket, model)
                .current()
                .orElseThrow(() -> new InvalidArtifactException(model.toString(), "names no current version"));
    }

    @Override
    public List<String> versions() {
        String prefix = model.key("");
        return bucket.objects(prefix).stream()
                .map(object -> object.key().substring(prefix.length()))
                .filter(key -> key.endsWith(MANIFEST))
                .map(key -> key.substring(0, key.length() - MANIFEST.length()))
                .filter(SafeName::isSafe) // only direct children of the model's folder
                .sorted()
                .toList();
    }

    @Override
    public Path fetch(String version) {
        List<StoredObject> objects = objects(version);
        if (objects.isEmpty()) {
            throw new InvalidArtifactException(model.toString(), "has no version %s".formatted(version));
        }
        objects.forEach(object -> requireFile(version, object));
        return cache.fetch(version, objects, fingerprint(objects), bucket::download);
    }

    private void requireFile(String version, StoredObject object) {
        if (!SafeName.isSafe(object.name())
                || !object.key().equals(model.resolve(version).key(object.name()))) {
            throw new InvalidArtifactException(
                    model.resolve(version).toString(), "a version may not contain the key %s".formatted(object.key()));
        }
    }

    @Override
    public String fingerprint(String version) {
        return fingerprint(objects(version));
    }

    private static String fingerprint(List<StoredObject> objects) {
        return objects.stream()
                .map(object -> "%s %d %s".formatted(object.key(), object.bytes(), object.tag()))
                .collect(Collectors.joining("\n"));
    }

    /// Returns the objects of a version without folder markers; none if there is no manifest.
    private List<StoredObject> objects(String version) {
        if (!SafeName.isSafe(version)) {
            return List.of();
        }
        String folder = model.resolve(version).key("");
        List<StoredObject> objects = bucket.objects(folder).stream()
                .filter(object -> !object.key().equals(folder))
                .toList();
        String manifest = folder + ArtifactNames.MANIFEST;
        boolean exists = objects.stream().anyMatch(object -> object.key().equals(manifest));
        return exists ? objects : List.of();
    }

    @Override
    public List<String> prune(int max, Set<String> kept) {
        List<String> removed = prunable(max, kept);
        removed.forEach(this::remove);
        return removed;
    }

    private void remove(String version) {
        List<StoredObject> objects = objects(version);
        String manifest = model.resolve(version).key(ArtifactNames.MANIFEST);
        bucket.delete(manifest); // the version no longer exists
        objects.stream()
                .map(StoredObject::key)
                .filter(key -> !key.equals(manifest))
                .forEach(bucket::delete);
    }

    @Override
    public void retain(Set<String> versions) {
        cache.retain(versions);
    }

    /// Closes the connection and releases the copies for other processes.
    @Override
    public void close() throws IOException {
        bucket.close();
        copies.close();
    }

    /// Thread-safe cache of a model's versions, in folders `<version>.<digest of the objects>`.
    ///
    /// A version whose objects change gets another folder. A folder appears atomically when it is complete;
    /// a retry after a failure downloads only the missing objects.
    static final class BucketCache {

        private final ExclusiveDirectory directory;
        private final Map<String, Path> fetched = new ConcurrentHashMap<>();
        private final Map<String, ReentrantLock> downloads = new ConcurrentHashMap<>(); // by the name of the folder

        BucketCache(ExclusiveDirectory directory) {
            this.directory = directory;
        }

        /// Downloads one object to a file.
        @FunctionalInterface
        interface Download {
            void to(StoredObject object, Path file);
        }

        /// Returns the folder of a version, and downloads it if it does not exist or is damaged.
        Path fetch(String version, List<StoredObject> objects, String fingerprint, Download download) {
            String name = "%s.%s"
                    .formatted(version, DigestUtils.sha256Hex(fingerprint).substring(0, 16));
            Path folder = directory.path().resolve(name);
            ReentrantLock lock = downloads.computeIfAbsent(name, _ -> new ReentrantLock());
            lock.lock();
            try {
                if (!isComplete(folder, objects)) {
                    FileOperations.deleteTree(folder);
                    fill(folder, objects, download);
                }
                fetched.put(version, folder);
                return folder;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write %s: %s".formatted(folder, e.getMessage()), e);
            } finally {
                lock.unlock();
            }
        }

        private void fill(Path folder, List<StoredObject> objects, Download download) throws IOException {
            removeIf(name -> name.startsWith(ArtifactNames.STAGING) && !isBeingDownloaded(name));
            Path staging =
                    Files.createDirectories(directory.path().resolve(ArtifactNames.STAGING + folder.getFileName()));
            for (StoredObject object : objects) {
                Path file = staging.resolve(object.name());
                if (!hasSizeOf(file, object)) {
                    Files.deleteIfExists(file);
                    download.to(object, file);
                }
            }
            FileOperations.forceAll(staging);
            FileOperations.move(staging, folder);
        }

        private boolean isBeingDownloaded(String staging) {
            ReentrantLock lock = downloads.get(staging.substring(ArtifactNames.STAGING.length()));
            return lock != null && lock.isLocked();
        }

        /// Returns whether a copy has every object in its size and passes verification against its
        /// manifest.
        private static boolean isComplete(Path folder, List<StoredObject> objects) throws IOException {
            for (StoredObject object : objects) {
                if (!hasSizeOf(folder.resolve(object.name()), object)) {
                    return false;
                }
            }
            try {
                ArtifactReader.verify(folder);
                return true;
            } catch (InvalidArtifactException | UncheckedIOException _) {
                return false;
            }
        }

        private static boolean hasSizeOf(Path file, StoredObject object) throws IOException {
            return Files.isRegularFile(file) && Files.size(file) == object.bytes();
        }

        /// Removes all copies except the latest ones of `versions`.
        void retain(Set<String> versions) {
            fetched.keySet().retainAll(versions);
            try {
                removeIf(name -> !name.startsWith(".")
                        && !fetched.containsValue(directory.path().resolve(name)));
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot remove copies in %s: %s".formatted(directory.path(), e.getMessage()), e);
            }
        }

        private void removeIf(Predicate<String> unwanted) throws IOException {
            for (Path child : FileOperations.children(directory.path())) {
                if (unwanted.test(child.getFileName().toString())) {
                    FileOperations.deleteTree(child);
                }
            }
        }
    }
}
