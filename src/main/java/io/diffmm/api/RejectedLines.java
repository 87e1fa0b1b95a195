package io.diffmm.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// The lines of an import that were refused, kept in a file until everything has been read: a client that sends does
/// not read yet.
final class RejectedLines implements AutoCloseable {

    private final JsonMapper json;
    private Optional<Spool> spool = Optional.empty();
    private long count;

    RejectedLines(JsonMapper json) {
        this.json = json;
    }

    private record Spool(Path file, OutputStream out) {}

    /// A refused line.
    @Schema(name = "RejectedLine")
    record Rejected(@Schema(description = "Counted from 1.") long line, String detail) {}

    /// Notes a line.
    void add(long line, String detail) throws IOException {
        count++;
        if (spool.isEmpty()) {
            Path file = Files.createTempFile("import", ".ndjson");
            spool = Optional.of(new Spool(file, new BufferedOutputStream(Files.newOutputStream(file))));
        }
        OutputStream out = spool.get().out();
        out.write(json.writeValueAsBytes(new Rejected(line, detail)));
        out.write('\n');
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
