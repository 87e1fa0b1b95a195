package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/// Tells by names, sizes and times, without reading them, whether the files of a directory are others than before.
final class DirectoryStamp {

    private DirectoryStamp() {}

    static String of(Path directory) {
        try {
            return DurableFiles.children(directory).stream()
                    .map(DirectoryStamp::line)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    private static String line(Path file) {
        try {
            return "%s %d %s".formatted(file.getFileName(), Files.size(file), Files.getLastModifiedTime(file));
        } catch (IOException e) {
            return "%s cannot be read".formatted(file.getFileName()); // as good as any other state
        }
    }
}
