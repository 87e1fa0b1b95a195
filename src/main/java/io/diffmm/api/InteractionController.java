package io.diffmm.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.api.RequestParameters.LimitParameter;
import io.diffmm.interactions.Interaction;
import io.diffmm.interactions.Interaction.InteractionPage;
import io.diffmm.interactions.Interaction.InteractionPage.Position;
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
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
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
@Tag(name = "Interactions", description = "Records user interactions. The next recommendation takes them into account.")
class InteractionController {

    private static final String KEY_HEADER = "Idempotency-Key";
    private static final String REPLAYED_HEADER = "Idempotency-Replayed";

    private final Interactions interactions;
    private final RecommendationService recommendations;
    private final InteractionReader reader;

    InteractionController(Interactions interactions, RecommendationService recommendations, InteractionReader reader) {
        this.interactions = interactions;
        this.recommendations = recommendations;
        this.reader = reader;
    }

    /// Stores interactions of a user. They are durable, and part of the next recommendation, before the response is
    /// sent.
    @PostMapping(
            path = "/users/{userId}/interactions",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "recordInteractions",
            summary = "Record interactions of a user",
            description =
                    "The body is one interaction or an array. Interactions with the item and timestamp of a stored"
                            + " one are counted as duplicates. A request with the `Idempotency-Key` of an earlier request gets"
                            + " the response of that request.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema =
                                                    @Schema(oneOf = {InteractionBody.class, InteractionBody[].class}))))
    @ApiResponse(responseCode = "200", description = "All interactions are stored.")
    @ApiResponse(responseCode = "413", description = "The body is too large.")
    @ApiResponse(responseCode = "415", description = "The body is not JSON.")
    @ApiResponse(responseCode = "422", description = "The `Idempotency-Key` was used with another body before.")
    ResponseEntity<RecordedResponse> record(
            @PathVariable
                    @Parameter(
                            description = "Id of the user.",
                            example = "u42",
                            schema = @Schema(minLength = 1, maxLength = RequestParameters.Id.MAX_LENGTH))
                    String userId,
            @RequestHeader(name = KEY_HEADER, required = false)
                    @Parameter(
                            description = "Key that identifies a retried request, so that it is recorded once.",
                            schema = @Schema(minLength = 1, maxLength = RequestParameters.Id.MAX_LENGTH))
                    @Nullable
                    String key,
            @RequestBody(required = false) byte @Nullable [] body,
            HttpServletRequest request) {
        RequestParameters.of(request).id("userId", userId).check();
        byte[] sent = body == null ? new byte[0] : body;
        List<Interaction> read = reader.read(sent);
        Recorded recorded =
                interactions.record(userId, read, Optional.ofNullable(key).map(own -> key(own, sent)));
        int unknown =
                recommendations.unknown(read.stream().map(Interaction::itemId).toList());
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok().cacheControl(CacheControl.noStore());
        if (recorded.replayed()) {
            answer.header(REPLAYED_HEADER, "true");
        }
        return answer.body(new RecordedResponse(recorded.recorded(), recorded.duplicates(), unknown));
    }

    private static IdempotencyKey key(String key, byte[] body) {
        InteractionRules.id(KEY_HEADER, key, InteractionRules.MAX_ID_LENGTH).ifPresent(violation -> {
            throw new InvalidParameterException(violation.field(), violation.message());
        });
        return IdempotencyKey.of(key, body);
    }

    /// Returns stored interactions of a user, newest first.
    @GetMapping(path = "/users/{userId}/interactions", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "listInteractions",
            summary = "List interactions of a user",
            description = "Newest first, in pages: `next` of a page is the value of `after` for the following page."
                    + " Contains recorded interactions only, not the training data of the model.")
    @ApiResponse(responseCode = "200", description = "Page of interactions.")
    @LimitParameter
    ResponseEntity<InteractionsResponse> list(
            @PathVariable
                    @Parameter(
                            description = "Id of the user.",
                            example = "u42",
                            schema = @Schema(minLength = 1, maxLength = RequestParameters.Id.MAX_LENGTH))
                    String userId,
            @Parameter(description = "Value of `next` of the previous page.", schema = @Schema(type = "string"))
                    @org.springframework.web.bind.annotation.RequestParam(name = "after", required = false)
                    @Nullable
                    String after,
            HttpServletRequest request) {
        int limit = RequestParameters.of(request).id("userId", userId).limit();
        InteractionPage page =
                interactions.page(userId, Optional.ofNullable(after).map(PageToken::read), limit);
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(InteractionsResponse.from(userId, page));
    }

    /// Removes an item from a user's history, whether it was recorded or part of the training data.
    @DeleteMapping("/users/{userId}/interactions/{itemId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            operationId = "removeInteractions",
            summary = "Remove an item from a user's history",
            description = "Removes recorded interactions with the item and excludes the item from the history that the"
                    + " model was trained on. The next training excludes it as well.")
    @ApiResponse(responseCode = "204", description = "The item is not part of the history.")
    void remove(
            @PathVariable @Parameter(description = "Id of the user.", example = "u42") String userId,
            @PathVariable @Parameter(description = "Id of the item.", example = "v17") String itemId,
            HttpServletRequest request) {
        RequestParameters.of(request).id("userId", userId).id("itemId", itemId).check();
        interactions.remove(userId, itemId);
    }

    /// Deletes all data of a user.
    @DeleteMapping("/users/{userId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            operationId = "eraseUser",
            summary = "Erase a user",
            description = "Deletes all data of the user, including cached answers. Training data of the user is ignored"
                    + " from now on and excluded from the next training; a hash of the id is kept for that purpose.")
    @ApiResponse(responseCode = "204", description = "No data of the user is stored.")
    void erase(
            @PathVariable @Parameter(description = "Id of the user.", example = "u42") String userId,
            HttpServletRequest request) {
        RequestParameters.of(request).id("userId", userId).check();
        interactions.erase(userId);
    }

    /// Outcome of a request that records interactions.
    @Schema(name = "Recorded")
    record RecordedResponse(
            @Schema(description = "Number of interactions stored by this request.")
            int recorded,

            @Schema(description = "Number of interactions that were stored before.")
            int duplicates,

            @Schema(
                    description = "Number of items that the model does not contain; their interactions are stored and"
                            + " count after the next training.")
            int unknownItems) {}

    /// Page of a user's interactions.
    @Schema(name = "Interactions")
    record InteractionsResponse(
            @Schema(example = "u42") String userId,

            @Schema(description = "Newest first.") List<Entry> interactions,

            @Schema(description = "Value of `after` for the next page; absent on the last page.")
            @JsonInclude(JsonInclude.Include.NON_ABSENT)
            Optional<String> next) {

        /// Interaction in a response.
        @Schema(name = "Interaction")
        record Entry(
                @Schema(example = "v17") String itemId,
                Instant timestamp,
                double weight,

                @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> recommendationId) {

            static Entry from(Interaction interaction) {
                return new Entry(
                        interaction.itemId(),
                        interaction.occurredAt(),
                        interaction.weight(),
                        interaction.recommendationId());
            }
        }

        static InteractionsResponse from(String userId, InteractionPage page) {
            return new InteractionsResponse(
                    userId,
                    page.interactions().stream().map(Entry::from).toList(),
                    page.next().map(PageToken::write));
        }
    }

    /// Opaque text form of a position in a user's interactions.
    private static final class PageToken {

        private static final char SEPARATOR = ' ';

        private PageToken() {}

        static String write(Position position) {
            String text = position.occurredAt().toString() + SEPARATOR + position.itemId();
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        /// Parses a token.
        ///
        /// @throws InvalidParameterException if [#write] cannot have returned the token
        static Position read(String token) {
            try {
                String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
                int end = text.indexOf(SEPARATOR);
                Position position =
                        new Position(Instant.parse(text.substring(0, Math.max(end, 0))), text.substring(end + 1));
                if (InteractionRules.isStorable(position.occurredAt())
                        && InteractionRules.id("after", position.itemId(), InteractionRules.MAX_ID_LENGTH)
                                .isEmpty()) {
                    return position;
                }
            } catch (IllegalArgumentException | DateTimeException _) {
                // reported below
            }
            throw new InvalidParameterException("after", "must be the `next` of another answer");
        }
    }
}
