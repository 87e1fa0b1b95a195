package io.diffmm.api;

import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.Interactions;
import io.diffmm.interactions.Interactions.Recorded;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One import: reads line by line, stores batch by batch, notes what it refuses. What is stored stays, whatever
/// happens later.
final class BulkImport {

    private final Interactions interactions;
    private final InteractionReader reader;
    private final RejectedLines rejected;
    private final int batchSize;
    private final Duration longest;
    private final long begun = System.nanoTime();
    private final List<UserInteraction> batch;
    private long lines; // read so far
    private long stored; // lines that are done with: stored, or refused
    private long recorded;
    private long duplicates;

    BulkImport(
            Interactions interactions, InteractionReader reader, RejectedLines rejected, ApiProperties.Imports limits) {
        this.interactions = interactions;
        this.reader = reader;
        this.rejected = rejected;
        this.batchSize = limits.batch();
        this.longest = limits.timeout();
        this.batch = new ArrayList<>(batchSize);
    }

    /// Reads to the end.
    ///
    /// @throws ImportInterruptedException saying how far it came
    ImportResponse run(LineReader body) {
        try {
            while (body.next()) {
                requireInTime();
                lines++;
                add(body);
                if (batch.size() == batchSize) {
                    store();
                }
            }
            store();
        } catch (IOException | RuntimeException e) {
            throw new ImportInterruptedException(stored, rejected.first(), e);
        }
        return new ImportResponse(lines, recorded, duplicates, rejected.count());
    }

    private void add(LineReader body) {
        if (body.tooLong()) {
            rejected.add(lines, "line is longer than %d bytes".formatted(body.longest()));
        } else if (!body.isBlank()) {
            try {
                batch.add(reader.line(body.bytes(), body.length()));
            } catch (InvalidParameterException e) {
                rejected.add(lines, String.valueOf(e.getMessage()));
            }
        }
    }

    /// An import that comes in drops would keep others from theirs.
    private void requireInTime() {
        if (System.nanoTime() - begun > longest.toNanos()) {
            throw new ImportTooSlowException(longest);
        }
    }

    private void store() {
        if (!batch.isEmpty()) {
            Recorded outcome = interactions.record(List.copyOf(batch));
            recorded += outcome.recorded();
            duplicates += outcome.duplicates();
            batch.clear();
        }
        stored = lines;
    }
}
