package io.diffmm.interactions;

import jakarta.validation.constraints.Positive;
import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.Range;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How live interactions are kept.
///
/// @param directory where the embedded database lies, unless `spring.datasource.url` names another
/// @param maxHistory items of a history that count, the newest
/// @param clockSkew how far ahead of this machine's clock an interaction may lie
/// @param maxWeight the greatest weight of an interaction
/// @param idempotencyRetention how long a repeated `Idempotency-Key` is recognised
/// @param connections to the database, at most
/// @param timeout how long a request waits for a connection, and an answer for the history in the database before it
///     goes on without
/// @param statementTimeout how long a statement may take on PostgreSQL
@Validated
@ConfigurationProperties(prefix = "diffmm.interactions", ignoreUnknownFields = false)
record InteractionProperties(
        @DefaultValue("data") Path directory,
        @DefaultValue("1000") @Range(min = 1, max = 100_000) int maxHistory,

        @DefaultValue("1m") @DurationMin(seconds = 0) @DurationMax(days = 1)
        Duration clockSkew,

        @DefaultValue("1000000") @Positive double maxWeight,

        @DefaultValue("24h") @DurationMin(minutes = 1) @DurationMax(days = 365)
        Duration idempotencyRetention,

        @DefaultValue("10") @Range(min = 2, max = 1000) int connections,

        @DefaultValue("500ms") @DurationMin(millis = 250) @DurationMax(minutes = 1)
        Duration timeout,

        @DefaultValue("5s") @DurationMin(seconds = 1) @DurationMax(minutes = 10)
        Duration statementTimeout) {}
