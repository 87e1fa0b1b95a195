package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Files that are on the disk when the method returns, not only on their way there.
final class DurableFiles {

    private DurableFiles() {}

    /// Forces the files in `directory`, and then the directory itself, to the disk.
    static void forceAll(Path directory) throws IOException {
        for (Path file : children(directory)) {
            force(file);
        }
        force(directory);
    }

    /// Replaces `target` in one step: whoever reads it sees the old text or the new one, whole.
    static void replace(Path target, String text) throws IOException {
        Path beside = target.resolveSibling('.' + target.getFileName().toString() + ".new");
        Files.writeString(beside, text);
        force(beside);
        move(beside, target);
    }

    /// Renames within one file system, in one step.
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

    static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
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
