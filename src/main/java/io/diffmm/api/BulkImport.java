package io.diffmm.api;

import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.Interactions;
import io.diffmm.interactions.Interactions.Recorded;
import io.swagger.v3.oas.annotations.media.Schema;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A bulk import: reads lines, stores valid ones in batches and collects rejected ones.
///
/// Stored batches stay stored if the import is interrupted. Not thread-safe; used once.
final class BulkImport {

    private final Interactions interactions;
    private final InteractionReader reader;
    private final RejectedLines rejected;
    private final int batchSize;
    private final Duration timeout;
    private final long startNanos = System.nanoTime();
    private final List<UserInteraction> batch;
    private long lines; // read so far
    private long processed; // stored or rejected, for certain
    private long recorded;
    private long duplicates;

    BulkImport(
            Interactions interactions, InteractionReader reader, RejectedLines rejected, ApiProperties.Imports limits) {
        this.interactions = interactions;
        this.reader = reader;
        this.rejected = rejected;
        this.batchSize = limits.batch();
        this.timeout = limits.timeout();
        this.batch = new ArrayList<>(batchSize);
    }

    /// Imports all lines of a body.
    ///
    /// @throws ImportInterruptedException with the number of processed lines, if the import cannot be completed
    Summary run(LineReader body) {
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
            throw new ImportInterruptedException(processed, rejected.first(), e);
        }
        return new Summary(lines, recorded, duplicates, rejected.count());
    }

    private void add(LineReader body) {
        if (body.tooLong()) {
            rejected.add(lines, "line is longer than %d bytes".formatted(body.maxLength()));
        } else if (!body.isBlank()) {
            try {
                batch.add(reader.line(body.bytes(), body.length()));
            } catch (InvalidParameterException e) {
                rejected.add(lines, String.valueOf(e.getMessage()));
            }
        }
    }

    /// Bounds the duration, because a slow client would occupy one of the few concurrent imports.
    private void requireInTime() {
        if (System.nanoTime() - startNanos > timeout.toNanos()) {
            throw new ImportTooSlowException(timeout);
        }
    }

    private void store() {
        if (!batch.isEmpty()) {
            Recorded outcome = interactions.record(List.copyOf(batch));
            recorded += outcome.recorded();
            duplicates += outcome.duplicates();
            batch.clear();
        }
        processed = lines;
    }

    /// Last line of the response to an import.
    @Schema(name = "Imported")
    record Summary(
            @Schema(description = "Number of lines read.") long lines,

            @Schema(description = "Number of interactions stored by this import.")
            long recorded,

            @Schema(description = "Number of interactions that were stored before.")
            long duplicates,

            @Schema(description = "Number of rejected lines; the response contains the reason for each.")
            long rejected) {}

    /// Thrown when an import ends before its body does. Processed lines stay stored; the client sends the others again.
    static final class ImportInterruptedException extends RuntimeException {

        private static final long serialVersionUID = 2;

        private final long stored;
        private final transient List<RejectedLines.Rejected> rejected;

        /// @param stored number of lines that were stored or rejected
        /// @param rejected first rejected lines
        ImportInterruptedException(long stored, List<RejectedLines.Rejected> rejected, Exception cause) {
            super(cause);
            this.stored = stored;
            this.rejected = List.copyOf(rejected);
        }

        List<RejectedLines.Rejected> rejected() {
            return rejected;
        }

        long stored() {
            return stored;
        }
    }

    /// Thrown when an import exceeds its timeout.
    static final class ImportTooSlowException extends RuntimeException {

        private static final long serialVersionUID = 2;

        ImportTooSlowException(Duration timeout) {
            super("The import took longer than %s.".formatted(timeout));
        }
    }
}
