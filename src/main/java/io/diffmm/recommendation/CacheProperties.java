package io.diffmm.recommendation;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How finished rankings are cached, here and by clients.
///
/// @param maximumSize rankings held at once; one of 20 items takes about a kilobyte
/// @param timeToLive age at which a ranking is computed again
/// @param clientMaxAge how long a client may use an answer without asking again (`Cache-Control: max-age`)
@Validated
@ConfigurationProperties("diffmm.cache")
public record CacheProperties(
        @DefaultValue("20000") @Positive int maximumSize,
        @DefaultValue("10m") @DurationMin(seconds = 1) Duration timeToLive,
        @DefaultValue("60s") @DurationMin(seconds = 0) Duration clientMaxAge) {}
