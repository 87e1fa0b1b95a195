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

/// Validation rules for interactions.
public final class InteractionRules {

    /// Maximum length of a user or item id, in UTF-16 code units.
    public static final int MAX_ID_LENGTH = 256;

    /// Maximum length of a recommendation id, in UTF-16 code units.
    public static final int MAX_RECOMMENDATION_ID_LENGTH = 128;

    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final Duration clockSkew;
    private final double maxWeight;
    private final Clock clock;

    /// @param clockSkew maximum time by which an interaction may be ahead of `clock`
    /// @param maxWeight maximum weight of an interaction
    InteractionRules(Duration clockSkew, double maxWeight, Clock clock) {
        this.clockSkew = clockSkew;
        this.maxWeight = maxWeight;
        this.clock = clock;
    }

    /// Violation of a rule by a field of an interaction.
    ///
    /// @param field name of the field, for example `weight`
    /// @param message the rule, for example `must be 0 to 10`
    public record Violation(String field, String message) {}

    /// Returns the current time, truncated to the stored precision.
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /// Returns the violations of an interaction; empty if it is valid.
    public List<Violation> violations(Interaction interaction) {
        List<Violation> violations = new ArrayList<>(0);
        id("itemId", interaction.itemId(), MAX_ID_LENGTH).ifPresent(violations::add);
        interaction
                .recommendationId()
                .flatMap(id -> id("recommendationId", id, MAX_RECOMMENDATION_ID_LENGTH))
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

    /// Returns whether a time is within the range that the databases store.
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

    /// Returns the violation of an id, if it is invalid.
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

    /// Returns whether a text has neither control characters nor unpaired surrogates. A loop, since each request
    /// calls it.
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
