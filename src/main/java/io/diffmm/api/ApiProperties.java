package io.diffmm.api;

import jakarta.validation.constraints.Positive;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/// What a request may ask for at most.
///
/// @param maxHistory items in the history of an anonymous session
/// @param maxBody size of a request's body; a larger one is answered with 413, and not read to its end
@Validated
@ConfigurationProperties(prefix = "diffmm.api", ignoreUnknownFields = false)
record ApiProperties(
        @DefaultValue("1000") @Positive int maxHistory,
        @DefaultValue("512KB") DataSize maxBody) {

    ApiProperties {
        if (maxBody.toBytes() < 1) {
            throw new IllegalArgumentException("diffmm.api.max-body is %s, not 1 byte or more".formatted(maxBody));
        }
    }
}
