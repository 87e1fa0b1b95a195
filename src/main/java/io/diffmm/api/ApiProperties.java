package io.diffmm.api;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.Range;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/// What a request may ask for at most.
///
/// @param maxHistory items in the history of an anonymous session
/// @param maxInteractions interactions of one user that may be sent together
/// @param maxBody size of a request's body; a larger one is answered with 413, and not read to its end
@Validated
@ConfigurationProperties(prefix = "diffmm.api", ignoreUnknownFields = false)
record ApiProperties(
        @DefaultValue("1000") @Positive int maxHistory,
        @DefaultValue("1000") @Range(min = 1, max = 10_000) int maxInteractions,
        @DefaultValue("512KB") DataSize maxBody,
        @DefaultValue @Valid Imports imports) {

    /// How interactions are imported in bulk.
    ///
    /// @param maxBody size of one import; a larger one is answered with 413 where it exceeds that
    /// @param maxLine size of a line; a longer one is rejected
    /// @param batch lines that are stored together
    /// @param maxRejected lines that an answer says to be rejected, and why; others are only counted
    /// @param timeout how long an import may take; one that takes longer ends with 408
    /// @param atOnce imports at a time; one more is answered with 429
    record Imports(
            @DefaultValue("1GB") DataSize maxBody,
            @DefaultValue("8KB") DataSize maxLine,

            @DefaultValue("1000") @Range(min = 1, max = 10_000)
            int batch,

            @DefaultValue("1000000") @Positive int maxRejected,

            @DefaultValue("30m") @DurationMin(seconds = 1) @DurationMax(days = 1)
            Duration timeout,

            @DefaultValue("2") @Range(min = 1, max = 100) int atOnce) {

        private static final DataSize LONGEST_LINE = DataSize.ofMegabytes(16);

        Imports {
            requirePositive("diffmm.api.imports.max-body", maxBody);
            requirePositive("diffmm.api.imports.max-line", maxLine);
            if (maxLine.compareTo(LONGEST_LINE) > 0) {
                throw new IllegalArgumentException(
                        "diffmm.api.imports.max-line is %s, not %s or less".formatted(maxLine, LONGEST_LINE));
            }
        }
    }

    ApiProperties {
        requirePositive("diffmm.api.max-body", maxBody);
    }

    private static void requirePositive(String name, DataSize size) {
        if (size.toBytes() < 1) {
            throw new IllegalArgumentException("%s is %s, not 1 byte or more".formatted(name, size));
        }
    }
}
