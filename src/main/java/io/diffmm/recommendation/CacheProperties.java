package io.diffmm.recommendation;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How finished answers are cached, here and by clients.
///
/// @param maximumSize answers held at once, about 3 kilobytes each; one larger than 4 counts as several
/// @param timeToLive age at which an answer is computed again
/// @param staleWhileRevalidate how long an answer past that age may still be given while it is computed again
///     in the background; 0 for never
/// @param maximumRefreshes answers past their age that are computed again at once
/// @param clientMaxAge how long a client may use an answer without asking again (`Cache-Control: max-age`); within
///     it nothing that the user does shows
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
