package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// File operations on artifact directories: existence checks, durable and atomic writes, fingerprints.
///
/// Existence checks distinguish a missing file from one that cannot be read, for example on an unavailable volume.
/// Write operations return after the data is on the disk.
final class FileOperations {

    private FileOperations() {}

    static boolean isDirectory(Path path) throws IOException {
        return attributes(path).map(BasicFileAttributes::isDirectory).orElse(false);
    }

    static boolean isFile(Path path) throws IOException {
        return attributes(path).map(BasicFileAttributes::isRegularFile).orElse(false);
    }

    /// Returns the attributes of a file or directory; empty if it does not exist.
    ///
    /// @throws IOException if it is unknown whether it exists
    static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    /// Requires a regular file inside `directory`.
    ///
    /// @throws InvalidArtifactException if `file` is missing, not a regular file, or a link to a place outside
    /// @throws IOException if the file cannot be read, or the whole directory is missing
    static void requireInside(Path directory, Path file) throws IOException {
        if (attributes(file).isEmpty()) {
            if (!isDirectory(directory)) {
                throw new NoSuchFileException(directory.toString());
            }
            throw new InvalidArtifactException(file, "missing");
        }
        if (!file.toRealPath().startsWith(directory.toRealPath())) {
            throw new InvalidArtifactException(file, "links to a place outside its directory");
        }
        if (!isFile(file)) {
            throw new InvalidArtifactException(file, "not a regular file");
        }
    }

    static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        }
    }

    /// Fingerprint of a directory, from names, sizes and modification times; it changes when the files change.
    static String fingerprint(Path directory) {
        try {
            return children(directory).stream()
                    .map(FileOperations::fingerprintLine)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static String fingerprintLine(Path file) {
        try {
            return "%s %d %s".formatted(file.getFileName(), Files.size(file), Files.getLastModifiedTime(file));
        } catch (IOException _) {
            return "%s cannot be read".formatted(file.getFileName()); // a state like any other
        }
    }

    static UncheckedIOException unreadable(Path path, IOException e) {
        return new UncheckedIOException("cannot read %s: %s".formatted(path, e.getMessage()), e);
    }

    /// Forces the files in `directory`, and then the directory itself, to the disk.
    static void forceAll(Path directory) throws IOException {
        for (Path file : children(directory)) {
            force(file);
        }
        force(directory);
    }

    /// Replaces `target` atomically: a concurrent reader finds the complete old or new text.
    static void replace(Path target, String text) throws IOException {
        Path temporary = target.resolveSibling('.' + target.getFileName().toString() + ".new");
        Files.writeString(temporary, text);
        force(temporary);
        move(temporary, target);
    }

    /// Renames atomically within one file system.
    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        force(to.toAbsolutePath().getParent());
    }

    static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void force(@Nullable Path path) throws IOException {
        if (path == null) {
            return; // the root of a file system has no parent to force
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
