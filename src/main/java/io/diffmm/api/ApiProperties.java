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

/// Limits of HTTP requests.
///
/// @param maxHistory maximum number of items in the history of an anonymous session
/// @param maxInteractions maximum number of interactions in one request for a user
/// @param maxBody maximum size of a request body; a larger body is not read to its end and answered with 413
/// @param imports limits of bulk imports
@Validated
@ConfigurationProperties(prefix = "diffmm.api", ignoreUnknownFields = false)
record ApiProperties(
        @DefaultValue("1000") @Positive int maxHistory,
        @DefaultValue("1000") @Range(min = 1, max = 10_000) int maxInteractions,
        @DefaultValue("512KB") DataSize maxBody,
        @DefaultValue @Valid Imports imports) {

    /// Limits of bulk imports of interactions.
    ///
    /// @param maxBody maximum size of an import; a larger import stops there and is answered with 413
    /// @param maxLine maximum size of a line; a longer line is rejected
    /// @param batch number of lines stored in one transaction
    /// @param maxRejected maximum number of rejected lines listed in a response; further ones are only counted
    /// @param timeout maximum duration of an import; a longer import is answered with 408
    /// @param atOnce maximum number of concurrent imports; a further import is answered with 429
    record Imports(
            @DefaultValue("1GB") DataSize maxBody,
            @DefaultValue("8KB") DataSize maxLine,

            @DefaultValue("1000") @Range(min = 1, max = 10_000)
            int batch,

            @DefaultValue("1000000") @Positive int maxRejected,

            @DefaultValue("30m") @DurationMin(seconds = 1) @DurationMax(days = 1)
            Duration timeout,

            @DefaultValue("2") @Range(min = 1, max = 100) int atOnce) {

        private static final DataSize MAX_LINE = DataSize.ofMegabytes(16);

        Imports {
            requirePositive("diffmm.api.imports.max-body", maxBody);
            requirePositive("diffmm.api.imports.max-line", maxLine);
            if (maxLine.compareTo(MAX_LINE) > 0) {
                throw new IllegalArgumentException(
                        "diffmm.api.imports.max-line must be at most %s, but is %s".formatted(MAX_LINE, maxLine));
            }
        }
    }

    ApiProperties {
        requirePositive("diffmm.api.max-body", maxBody);
    }

    private static void requirePositive(String name, DataSize size) {
        if (size.toBytes() < 1) {
            throw new IllegalArgumentException("%s must be at least 1 byte, but is %s".formatted(name, size));
        }
    }
}
