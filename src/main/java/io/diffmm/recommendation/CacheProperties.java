package io.diffmm.recommendation;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// Settings of the cache of answers, here and at clients.
///
/// @param maximumSize maximum number of cached answers, about 3 kilobytes each; one larger than 4 counts as several
/// @param timeToLive age at which an answer is computed again
/// @param staleWhileRevalidate time after that age in which an answer is still given while it is computed again in the
///     background; 0 for never
/// @param maximumRefreshes maximum number of answers past their age that are computed again at once
/// @param clientMaxAge time in which a client may reuse an answer without a request (`Cache-Control: max-age`); new
///     interactions of the user do not show within it
@Validated
@ConfigurationProperties(prefix = "diffmm.cache", ignoreUnknownFields = false)
public record CacheProperties(
        @DefaultValue("20000") @Positive int maximumSize,

        @DefaultValue("10m") @DurationMin(seconds = 1) @DurationMax(days = 365)
        Duration timeToLive,

        @DefaultValue("10m") @DurationMin(seconds = 0) @DurationMax(days = 365)
        Duration staleWhileRevalidate,

        @DefaultValue("16") @Positive int maximumRefreshes,

        @DefaultValue("0s") @DurationMin(seconds = 0) @DurationMax(days = 365)
        Duration clientMaxAge) {}
