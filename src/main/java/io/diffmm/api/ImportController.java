package io.diffmm.api;

import io.diffmm.api.BulkImport.ImportInterruptedException;
import io.diffmm.api.InteractionBody.ImportLine;
import io.diffmm.interactions.Interactions;
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
                            schema = @Schema(oneOf = {RejectedLines.Rejected.class, BulkImport.Summary.class})))
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
            BulkImport.Summary summary = run(lines, rejected);
            respond(rejected, summary, response);
        } finally {
            permits.release();
        }
    }

    private BulkImport.Summary run(LineReader lines, RejectedLines rejected) {
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

    private void respond(RejectedLines rejected, BulkImport.Summary summary, HttpServletResponse response)
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
}
