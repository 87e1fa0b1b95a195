package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Copies of a model's versions, in folders `<version>.<digest of the objects>`: a version whose objects are others is
/// another folder. A folder is whole or not there.
final class BucketCache {

    private final Path directory;

    /// @param directory need not exist
    BucketCache(Path directory) {
        this.directory = directory;
    }

    /// Copies one object to a file.
    @FunctionalInterface
    interface Download {
        void to(StoredObject object, Path file);
    }

    /// The folder of a version, filled if it is not there.
    Path fetch(String version, List<StoredObject> objects, String stamp, Download download) {
        Path folder = directory.resolve(prefix(version) + Digests.ofText(stamp).substring(0, 16));
        try {
            if (!isWhole(folder, objects)) {
                createDirectory();
                removeLeftovers();
                DurableFiles.deleteTree(folder);
                fill(folder, objects, download);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write %s: %s".formatted(folder, e.getMessage()), e);
        }
    }

    /// Only for its owner: who can write here decides what is served.
    private void createDirectory() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private void fill(Path folder, List<StoredObject> objects, Download download) throws IOException {
        Path staging = Files.createDirectory(directory.resolve(ArtifactStore.STAGING + folder.getFileName()));
        for (StoredObject object : objects) {
            download.to(object, staging.resolve(object.name()));
        }
        DurableFiles.forceAll(staging);
        DurableFiles.move(staging, folder);
    }

    private static boolean isWhole(Path folder, List<StoredObject> objects) throws IOException {
        for (StoredObject object : objects) {
            Path file = folder.resolve(object.name());
            if (!Files.isRegularFile(file) || Files.size(file) != object.bytes()) {
                return false;
            }
        }
        return true;
    }

    /// Of downloads that failed or were killed.
    private void removeLeftovers() throws IOException {
        removeIf(name -> name.startsWith(ArtifactStore.STAGING));
    }

    /// Removes all versions but some.
    void retain(Set<String> versions) {
        try {
            if (Files.isDirectory(directory)) {
                removeIf(name -> versions.stream().noneMatch(version -> name.startsWith(prefix(version))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove copies in %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    private void removeIf(Predicate<String> unwanted) throws IOException {
        for (Path child : DurableFiles.children(directory)) {
            if (unwanted.test(child.getFileName().toString())) {
                DurableFiles.deleteTree(child);
            }
        }
    }

    private static String prefix(String version) {
        return version + '.';
    }
}
