package io.diffmm.artifacts;

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

/// Copies of a model's versions, in folders `<version>.<digest of the objects>`: a version whose objects are others is
/// another folder. A folder is whole or not there; what was copied before a failure is not copied again. Several
/// threads may fetch versions at once.
final class BucketCache {

    private final OwnDirectory directory;
    private final Map<String, Path> fetched = new ConcurrentHashMap<>();
    private final Map<String, ReentrantLock> copying = new ConcurrentHashMap<>(); // by the name of the folder

    BucketCache(OwnDirectory directory) {
        this.directory = directory;
    }

    /// Copies one object to a file.
    @FunctionalInterface
    interface Download {
        void to(StoredObject object, Path file);
    }

    /// The folder of a version, filled if it is not there.
    Path fetch(String version, List<StoredObject> objects, String stamp, Download download) {
        String name = "%s.%s".formatted(version, Digests.ofText(stamp).substring(0, 16));
        Path folder = directory.path().resolve(name);
        ReentrantLock lock = copying.computeIfAbsent(name, _ -> new ReentrantLock());
        lock.lock();
        try {
            if (!isWhole(folder, objects)) {
                DurableFiles.deleteTree(folder);
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
        removeIf(name -> name.startsWith(ArtifactStore.STAGING) && !isBeingCopied(name));
        Path staging = Files.createDirectories(directory.path().resolve(ArtifactStore.STAGING + folder.getFileName()));
        for (StoredObject object : objects) {
            Path file = staging.resolve(object.name());
            if (!isOfItsSize(file, object)) {
                Files.deleteIfExists(file);
                download.to(object, file);
            }
        }
        DurableFiles.forceAll(staging);
        DurableFiles.move(staging, folder);
    }

    private boolean isBeingCopied(String staging) {
        ReentrantLock lock = copying.get(staging.substring(ArtifactStore.STAGING.length()));
        return lock != null && lock.isLocked();
    }

    /// Whether a copy has every object, and is still what its manifest says. Who loads it finds out whether the
    /// objects are.
    private static boolean isWhole(Path folder, List<StoredObject> objects) throws IOException {
        for (StoredObject object : objects) {
            if (!isOfItsSize(folder.resolve(object.name()), object)) {
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

    private static boolean isOfItsSize(Path file, StoredObject object) throws IOException {
        return Files.isRegularFile(file) && Files.size(file) == object.bytes();
    }

    /// Removes all copies but those that were fetched last of some versions.
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
        for (Path child : DurableFiles.children(directory.path())) {
            if (unwanted.test(child.getFileName().toString())) {
                DurableFiles.deleteTree(child);
            }
        }
    }
}
