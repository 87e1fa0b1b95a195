package io.diffmm.datasets;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What every input must be: a file that is there, can be read and is not empty.
final class InputFiles {

    private InputFiles() {}

    static void requireFile(Path file) {
        if (Files.isDirectory(file)) {
            throw InvalidDatasetException.of(file, "is a directory; a file is expected");
        }
        if (!Files.exists(file)) {
            throw InvalidDatasetException.of(file, "there is no such file");
        }
        if (!Files.isReadable(file)) {
            throw InvalidDatasetException.of(file, "may not be read; grant the process the right to");
        }
        if (size(file) == 0) {
            throw InvalidDatasetException.of(file, "is empty");
        }
    }

    static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    static InvalidDatasetException unreadable(Path file, Exception e) {
        var refusal = InvalidDatasetException.of(file, "cannot be read: %s".formatted(reason(e)));
        refusal.initCause(e);
        return refusal;
    }

    private static String reason(Exception e) {
        return String.valueOf(e.getMessage())
                .lines()
                .filter(line -> !line.isBlank())
                .limit(3)
                .collect(joining("; "));
    }
}
