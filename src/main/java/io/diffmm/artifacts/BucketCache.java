package io.diffmm.artifacts;

import io.diffmm.artifacts.Bucket.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.apache.commons.codec.digest.DigestUtils;

/// Thread-safe cache of a model's versions, in folders `<version>.<digest of the objects>`.
///
/// A version whose objects change gets another folder. A folder appears atomically when it is complete; a retry after a
/// failure downloads only the missing objects.
final class BucketCache {

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
        String name =
                "%s.%s".formatted(version, DigestUtils.sha256Hex(fingerprint).substring(0, 16));
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
        Path staging = Files.createDirectories(directory.path().resolve(ArtifactNames.STAGING + folder.getFileName()));
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

    /// Returns whether a copy has every object in its size and passes verification against its manifest.
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

    private void removeIf(Predicate<String> obsolete) throws IOException {
        for (Path child : FileOperations.children(directory.path())) {
            if (obsolete.test(child.getFileName().toString())) {
                FileOperations.deleteTree(child);
            }
        }
    }
}
