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

/// The lines of an import that were refused, kept in a file until everything has been read: a client that sends does
/// not read yet. Of too many only the number is kept.
final class RejectedLines implements AutoCloseable {

    /// How many are at hand without the file.
    private static final int FIRST = 100;

    private final JsonMapper json;
    private final int most;
    private final List<Rejected> first = new ArrayList<>();
    private Optional<Spool> spool = Optional.empty();
    private long count;

    /// @param most how many are kept
    RejectedLines(JsonMapper json, int most) {
        this.json = json;
        this.most = most;
    }

    private record Spool(Path file, OutputStream out) {}

    /// A refused line.
    @Schema(name = "RejectedLine")
    record Rejected(@Schema(description = "Counted from 1.") long line, String detail) {}

    /// Notes a line.
    ///
    /// @throws UncheckedIOException if it cannot be kept
    void add(long line, String detail) {
        count++;
        if (count > most) {
            return;
        }
        var rejected = new Rejected(line, detail);
        if (first.size() < FIRST) {
            first.add(rejected);
        }
        try {
            OutputStream out = opened().out();
            out.write(json.writeValueAsBytes(rejected));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("a rejected line cannot be kept", e);
        }
    }

    private Spool opened() throws IOException {
        if (spool.isEmpty()) {
            Path file = Files.createTempFile("import", ".ndjson");
            spool = Optional.of(new Spool(file, new BufferedOutputStream(Files.newOutputStream(file))));
        }
        return spool.get();
    }

    /// The first of them.
    List<Rejected> first() {
        return List.copyOf(first);
    }

    long count() {
        return count;
    }

    /// Writes all of them, a line each.
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
