package io.diffmm.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Rejected lines of a bulk import, up to a maximum; further ones are only counted.
///
/// Spools them to a temporary file until the whole body has been read, because most clients do not read a response
/// before they have sent the request. Not thread-safe.
final class RejectedLines implements AutoCloseable {

    /// Number of lines kept in memory for the problem document of an interrupted import.
    private static final int FIRST_LINES = 100;

    private final JsonMapper json;
    private final int maxLines;
    private final List<Rejected> first = new ArrayList<>();
    private Optional<Spool> spool = Optional.empty();
    private long count;

    /// @param maxLines maximum number of lines to keep
    RejectedLines(JsonMapper json, int maxLines) {
        this.json = json;
        this.maxLines = maxLines;
    }

    private record Spool(Path file, OutputStream out) {}

    /// A rejected line and the reason.
    @Schema(name = "RejectedLine")
    record Rejected(
            @Schema(description = "Line number, starting at 1.")
            long line,

            String detail) {}

    /// Adds a line.
    ///
    /// @param line line number, starting at 1
    /// @throws UncheckedIOException if the temporary file cannot be written
    void add(long line, String detail) {
        count++;
        if (count > maxLines) {
            return;
        }
        var rejected = new Rejected(line, detail);
        if (first.size() < FIRST_LINES) {
            first.add(rejected);
        }
        try {
            OutputStream out = opened().out();
            out.write(json.writeValueAsBytes(rejected));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write rejected lines to a temporary file", e);
        }
    }

    private Spool opened() throws IOException {
        if (spool.isEmpty()) {
            Path file = Files.createTempFile("import", ".ndjson");
            spool = Optional.of(new Spool(file, new BufferedOutputStream(Files.newOutputStream(file))));
        }
        return spool.get();
    }

    /// Returns the first rejected lines, at most 100.
    List<Rejected> first() {
        return List.copyOf(first);
    }

    long count() {
        return count;
    }

    /// Writes the kept lines as NDJSON.
    void writeTo(OutputStream out) throws IOException {
        if (spool.isPresent()) {
            spool.get().out().flush();
            Files.copy(spool.get().file(), out);
        }
    }

    @Override
    public void close() throws IOException {
        if (spool.isPresent()) {
            try {
                spool.get().out().close();
            } finally {
                Files.delete(spool.get().file());
            }
        }
    }
}
