package io.diffmm.api;

import io.diffmm.api.InteractionBody.ImportLine;
import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.Interactions;
import io.diffmm.interactions.Interactions.Recorded;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Tag(name = "Interactions")
class ImportController {

    /// Path of the import endpoint.
    static final String PATH = "/interactions";

    private final Interactions interactions;
    private final InteractionReader reader;
    private final JsonMapper json;
    private final ApiProperties.Imports limits;
    private final Semaphore permits;

    ImportController(Interactions interactions, InteractionReader reader, JsonMapper json, ApiProperties limits) {
        this.interactions = interactions;
        this.reader = reader;
        this.json = json;
        this.limits = limits.imports();
        this.permits = new Semaphore(this.limits.atOnce());
    }

    /// Stores interactions of many users, one per line.
    @PostMapping(
            path = PATH,
            consumes = MediaType.APPLICATION_NDJSON_VALUE,
            produces = MediaType.APPLICATION_NDJSON_VALUE)
    @Operation(
            operationId = "importInteractions",
            summary = "Import interactions in bulk",
            description = "The body has one JSON object per line: an interaction and its `userId`. Valid lines are"
                    + " stored, invalid lines are rejected. The response has one line for each rejected line, with its"
                    + " number and the reason, followed by a summary line. An interrupted import can be sent again:"
                    + " interactions with a timestamp are not stored twice.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                                            schema = @Schema(implementation = ImportLine.class))))
    @ApiResponse(
            responseCode = "200",
            description = "All lines were read.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                            schema = @Schema(oneOf = {RejectedLines.Rejected.class, ImportSummary.class})))
    @ApiResponse(responseCode = "408", description = "The import exceeded its timeout; `stored` lines were processed.")
    @ApiResponse(responseCode = "413", description = "The body is too large; `stored` lines were processed.")
    @ApiResponse(responseCode = "415", description = "The body is not NDJSON.")
    @ApiResponse(responseCode = "429", description = "Too many imports are in progress.")
    void importAll(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!permits.tryAcquire()) {
            throw new TooManyImportsException(limits.atOnce());
        }
        try (var rejected = new RejectedLines(json, limits.maxRejected())) {
            var lines = new LineReader(body(request), (int) limits.maxLine().toBytes());
            ImportSummary summary = run(lines, rejected);
            respond(rejected, summary, response);
        } finally {
            permits.release();
        }
    }

    private ImportSummary run(LineReader lines, RejectedLines rejected) {
        try {
            return new BulkImport(interactions, reader, rejected, limits).run(lines);
        } finally {
            interactions.rejected(rejected.count());
        }
    }

    /// Opens the body, which fails at once if `Content-Length` exceeds the maximum.
    private static InputStream body(HttpServletRequest request) {
        try {
            return request.getInputStream();
        } catch (IOException e) {
            throw new ImportInterruptedException(0, List.of(), e);
        }
    }

    private void respond(RejectedLines rejected, ImportSummary summary, HttpServletResponse response)
            throws IOException {
        response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
        OutputStream out = response.getOutputStream();
        rejected.writeTo(out);
        out.write(json.writeValueAsBytes(summary));
        out.write('\n');
    }

    /// Thrown when the maximum number of imports is in progress.
    static final class TooManyImportsException extends RuntimeException {

        private static final long serialVersionUID = 2;

        TooManyImportsException(int maximum) {
            super("%d imports are in progress, which is the maximum; try again later.".formatted(maximum));
        }
    }

    /// A bulk import: reads lines, stores valid ones in batches and collects rejected ones.
    ///
    /// Stored batches stay stored if the import is interrupted. Not thread-safe; used once.
    static final class BulkImport {

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
                Interactions interactions,
                InteractionReader reader,
                RejectedLines rejected,
                ApiProperties.Imports limits) {
            this.interactions = interactions;
            this.reader = reader;
            this.rejected = rejected;
            this.batchSize = limits.batch();
            this.timeout = limits.timeout();
            this.batch = new ArrayList<>(batchSize);
        }

        /// Imports all lines of a body.
        ///
        /// @throws ImportInterruptedException with the number of processed lines, if the import cannot be
        ///     completed
        ImportSummary run(LineReader body) {
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
            return new ImportSummary(lines, recorded, duplicates, rejected.count());
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
    }

    /// Last line of the response to an import.
    @Schema(name = "Imported")
    record ImportSummary(
            @Schema(description = "Number of lines read.") long lines,

            @Schema(description = "Number of interactions stored by this import.")
            long recorded,

            @Schema(description = "Number of interactions that were stored before.")
            long duplicates,

            @Schema(description = "Number of rejected lines; the response contains the reason for each.")
            long rejected) {}

    /// Thrown when an import ends before its body does. Processed lines stay stored; the client sends the
    /// others again.
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
