package io.diffmm.api;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/// What a request may ask for at most.
///
/// @param maxHistory items in the history of an anonymous session
/// @param maxBody size of a request's body; larger ones are answered with 413 before they are read
@Validated
@ConfigurationProperties("diffmm.api")
record ApiProperties(
        @DefaultValue("1000") @Positive int maxHistory,
        @DefaultValue("512KB") @NotNull DataSize maxBody) {}
