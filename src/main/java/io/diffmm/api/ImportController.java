package io.diffmm.api;

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

    /// Where interactions are imported.
    static final String PATH = "/interactions";

    private final Interactions interactions;
    private final InteractionReader reader;
    private final JsonMapper json;
    private final ApiProperties.Imports limits;
    private final Semaphore free;

    ImportController(Interactions interactions, InteractionReader reader, JsonMapper json, ApiProperties limits) {
        this.interactions = interactions;
        this.reader = reader;
        this.json = json;
        this.limits = limits.imports();
        this.free = new Semaphore(this.limits.atOnce());
    }

    /// Stores what many users did, line by line.
    @PostMapping(
            path = PATH,
            consumes = MediaType.APPLICATION_NDJSON_VALUE,
            produces = MediaType.APPLICATION_NDJSON_VALUE)
    @Operation(
            operationId = "importInteractions",
            summary = "Import what many users did",
            description = "A JSON object a line: an interaction, and its `userId`. Lines that are not valid are"
                    + " refused, and all others stored. The answer has a line for each refused one, with its number"
                    + " and what is wrong, and a last one that counts. An import that is cut short may be sent again:"
                    + " lines with a timestamp are not stored twice.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                                            schema = @Schema(implementation = ImportLine.class))))
    @ApiResponse(
            responseCode = "200",
            description = "Every line was read.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                            schema = @Schema(oneOf = {RejectedLines.Rejected.class, ImportResponse.class})))
    @ApiResponse(responseCode = "408", description = "The import took too long; `stored` lines are done with.")
    @ApiResponse(responseCode = "413", description = "The body is too large; `stored` lines of it are done with.")
    @ApiResponse(responseCode = "415", description = "The body is not NDJSON.")
    @ApiResponse(responseCode = "429", description = "Too many imports are under way.")
    void importAll(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!free.tryAcquire()) {
            throw new TooManyImportsException(limits.atOnce());
        }
        try (var rejected = new RejectedLines(json, limits.maxRejected())) {
            var lines = new LineReader(body(request), (int) limits.maxLine().toBytes());
            ImportResponse summary = run(lines, rejected);
            answer(rejected, summary, response);
        } finally {
            free.release();
        }
    }

    private ImportResponse run(LineReader lines, RejectedLines rejected) {
        try {
            return new BulkImport(interactions, reader, rejected, limits).run(lines);
        } finally {
            interactions.rejected(rejected.count());
        }
    }

    /// Refused here already if it is said to be too large.
    private static InputStream body(HttpServletRequest request) {
        try {
            return request.getInputStream();
        } catch (IOException e) {
            throw new ImportInterruptedException(0, List.of(), e);
        }
    }

    private void answer(RejectedLines rejected, ImportResponse summary, HttpServletResponse response)
            throws IOException {
        response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
        OutputStream out = response.getOutputStream();
        rejected.writeTo(out);
        out.write(json.writeValueAsBytes(summary));
        out.write('\n');
    }
}
