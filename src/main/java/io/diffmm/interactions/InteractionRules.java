package io.diffmm.interactions;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an interaction must be like to be stored.
public final class InteractionRules {

    /// The most characters of the id of a user or item.
    public static final int LONGEST_ID = 256;

    /// The most characters of the id of an answer.
    public static final int LONGEST_RECOMMENDATION_ID = 128;

    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final Duration clockSkew;
    private final double maxWeight;
    private final Clock clock;

    /// @param clockSkew how far ahead of `clock` an interaction may lie
    /// @param maxWeight the greatest weight
    InteractionRules(Duration clockSkew, double maxWeight, Clock clock) {
        this.clockSkew = clockSkew;
        this.maxWeight = maxWeight;
        this.clock = clock;
    }

    /// What is wrong with a part of an interaction.
    ///
    /// @param field its name, say `weight`
    /// @param message what it must be, say `must be 0 to 10`
    public record Violation(String field, String message) {}

    /// The time now, as precise as it is stored.
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /// What is wrong with an interaction; nothing if it may be stored.
    public List<Violation> violations(Interaction interaction) {
        List<Violation> violations = new ArrayList<>(0);
        id("itemId", interaction.itemId(), LONGEST_ID).ifPresent(violations::add);
        interaction
                .recommendationId()
                .flatMap(id -> id("recommendationId", id, LONGEST_RECOMMENDATION_ID))
                .ifPresent(violations::add);
        time(interaction.occurredAt()).ifPresent(violations::add);
        double weight = interaction.weight();
        if (!(weight >= 0 && weight <= maxWeight)) {
            violations.add(new Violation(
                    "weight",
                    "must be a number from 0 to %s"
                            .formatted(BigDecimal.valueOf(maxWeight)
                                    .stripTrailingZeros()
                                    .toPlainString())));
        }
        return violations;
    }

    /// Whether there can be an interaction of that time.
    public static boolean isStorable(Instant time) {
        return !time.isBefore(EARLIEST) && !time.isAfter(LATEST);
    }

    private Optional<Violation> time(Instant time) {
        if (time.isBefore(EARLIEST)) {
            return Optional.of(new Violation("timestamp", "must not be before 1970"));
        }
        Instant latest = clock.instant().plus(clockSkew);
        return time.isAfter(latest)
                ? Optional.of(new Violation(
                        "timestamp",
                        "must not be in the future; it is %s here"
                                .formatted(DateTimeFormatter.ISO_INSTANT.format(now()))))
                : Optional.empty();
    }

    /// What is wrong with an id.
    public static Optional<Violation> id(String field, String id, int longest) {
        if (id.isBlank()) {
            return Optional.of(new Violation(field, "must not be blank"));
        }
        if (id.length() > longest) {
            return Optional.of(new Violation(field, "size must be between 1 and " + longest));
        }
        return isStorable(id)
                ? Optional.empty()
                : Optional.of(new Violation(field, "must not have control characters or broken ones"));
    }

    /// Whether no character controls anything, and every surrogate has its other half. Asked of every request.
    private static boolean isStorable(String text) {
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (Character.isISOControl(character)) {
                return false;
            }
            if (Character.isSurrogate(character)) {
                if (at + 1 == text.length() || !Character.isSurrogatePair(character, text.charAt(at + 1))) {
                    return false;
                }
                at++;
            }
        }
        return true;
    }
}
