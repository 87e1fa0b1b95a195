package io.diffmm.api;

import io.diffmm.interactions.Interaction;
import io.diffmm.interactions.Interaction.InteractionPage;
import io.diffmm.interactions.InteractionRules;
import io.diffmm.interactions.Interactions;
import io.diffmm.interactions.Interactions.IdempotencyKey;
import io.diffmm.interactions.Interactions.Recorded;
import io.diffmm.recommendation.RecommendationService;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Interactions", description = "What users do. The next answer knows of it.")
class InteractionController {

    private static final String KEY = "Idempotency-Key";
    private static final String REPLAYED = "Idempotency-Replayed";

    private final Interactions interactions;
    private final RecommendationService recommendations;
    private final InteractionReader reader;

    InteractionController(Interactions interactions, RecommendationService recommendations, InteractionReader reader) {
        this.interactions = interactions;
        this.recommendations = recommendations;
        this.reader = reader;
    }

    /// Stores what a user did; an answer means that it is durable, and that the next recommendation knows of it.
    @PostMapping(
            path = "/users/{userId}/interactions",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "recordInteractions",
            summary = "Record what a user did",
            description = "One interaction or an array. What is stored already, by item and timestamp, is counted and"
                    + " stays as it is; with an `Idempotency-Key`, a repeated request is answered as the first was.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema =
                                                    @Schema(oneOf = {InteractionBody.class, InteractionBody[].class}))))
    @ApiResponse(responseCode = "200", description = "Everything is stored.")
    @ApiResponse(responseCode = "413", description = "The body is too large.")
    @ApiResponse(responseCode = "415", description = "The body is not JSON.")
    @ApiResponse(responseCode = "422", description = "The `Idempotency-Key` came with another body before.")
    ResponseEntity<RecordedResponse> record(
            @PathVariable @Parameter(example = "u42", schema = @Schema(minLength = 1, maxLength = Id.LONGEST))
                    String userId,
            @RequestHeader(name = KEY, required = false)
                    @Parameter(schema = @Schema(minLength = 1, maxLength = Id.LONGEST))
                    @Nullable
                    String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        Parameters.of(request).id("userId", userId).check();
        byte[] sent = body == null ? new byte[0] : body;
        List<Interaction> read = reader.read(sent);
        Recorded recorded =
                interactions.record(userId, read, Optional.ofNullable(key).map(own -> key(own, sent)));
        int unknown =
                recommendations.unknown(read.stream().map(Interaction::itemId).toList());
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok().cacheControl(CacheControl.noStore());
        if (recorded.replayed()) {
            answer.header(REPLAYED, "true");
        }
        return answer.body(new RecordedResponse(recorded.recorded(), recorded.duplicates(), unknown));
    }

    private static IdempotencyKey key(String key, byte[] body) {
        InteractionRules.id(KEY, key, InteractionRules.LONGEST_ID).ifPresent(violation -> {
            throw new InvalidParameterException(violation.field(), violation.message());
        });
        return IdempotencyKey.of(key, body);
    }

    /// What a user did, as far as it is stored here, newest first.
    @GetMapping(path = "/users/{userId}/interactions", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "listInteractions",
            summary = "List what a user did",
            description = "Newest first, page by page: `next` of an answer is the `after` of the following request."
                    + " What the model was trained on is not among it.")
    @ApiResponse(responseCode = "200", description = "A page.")
    @LimitParameter
    ResponseEntity<InteractionsResponse> list(
            @PathVariable @Parameter(example = "u42", schema = @Schema(minLength = 1, maxLength = Id.LONGEST))
                    String userId,
            @Parameter(description = "`next` of the page before.", schema = @Schema(type = "string"))
                    @org.springframework.web.bind.annotation.RequestParam(name = "after", required = false)
                    @Nullable
                    String after,
            HttpServletRequest request) {
        int limit = Parameters.of(request).id("userId", userId).limit();
        InteractionPage page =
                interactions.page(userId, Optional.ofNullable(after).map(PageToken::read), limit);
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(InteractionsResponse.from(userId, page));
    }

    /// Takes an item back from a user's history, whether it came from here or from the training.
    @DeleteMapping("/users/{userId}/interactions/{itemId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            operationId = "removeInteractions",
            summary = "Take an item back from a user's history",
            description = "Wherever it came from: also what the model was trained on does not count any more. The next"
                    + " training does not see it.")
    @ApiResponse(responseCode = "204", description = "The item is not in the history.")
    void remove(@PathVariable String userId, @PathVariable String itemId, HttpServletRequest request) {
        Parameters.of(request).id("userId", userId).id("itemId", itemId).check();
        interactions.remove(userId, itemId);
    }

    /// Erases a user.
    @DeleteMapping("/users/{userId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            operationId = "eraseUser",
            summary = "Erase a user",
            description = "Deletes everything that is held of the user, cached answers included. What the model was"
                    + " trained on does not count any more, and the next training does not see it. Only a hash of the"
                    + " id is kept for that.")
    @ApiResponse(responseCode = "204", description = "Nothing is held of the user.")
    void erase(@PathVariable String userId, HttpServletRequest request) {
        Parameters.of(request).id("userId", userId).check();
        interactions.erase(userId);
    }
}
