package io.diffmm.api;

import io.diffmm.interactions.Interaction.InteractionPage.Position;
import io.diffmm.interactions.InteractionRules;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/// A place among a user's interactions as an opaque text.
final class PageToken {

    private static final char SEPARATOR = ' ';

    private PageToken() {}

    static String write(Position position) {
        String text = position.occurredAt().toString() + SEPARATOR + position.itemId();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The place that `token` stands for.
    ///
    /// @throws InvalidParameterException if it stands for none
    static Position read(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            int end = text.indexOf(SEPARATOR);
            Position position =
                    new Position(Instant.parse(text.substring(0, Math.max(end, 0))), text.substring(end + 1));
            if (InteractionRules.isStorable(position.occurredAt())
                    && InteractionRules.id("after", position.itemId(), InteractionRules.LONGEST_ID)
                            .isEmpty()) {
                return position;
            }
        } catch (IllegalArgumentException | DateTimeException _) {
            // Said below.
        }
        throw new InvalidParameterException("after", "must be the `next` of another answer");
    }
}
