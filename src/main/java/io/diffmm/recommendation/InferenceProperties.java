package io.diffmm.recommendation;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.hibernate.validator.constraints.Range;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How requests are computed.
///
/// @param threads that compute on a processor; 0 for as many as it has cores. A GPU has one
/// @param queueCapacity requests that may wait; one more is answered with 503 at once
/// @param maxBatch requests computed together; more raise throughput, and memory with it
/// @param precision in which all items are scanned: `auto` (whatever is fastest here), `float32`, `bfloat16` or `int8`;
///     the results are the same
/// @param index when an index is used in place of a scan, and how
/// @param timeout how long a request waits for its scores before it is answered with 503
@Validated
@ConfigurationProperties(prefix = "diffmm.inference", ignoreUnknownFields = false)
record InferenceProperties(
        @DefaultValue("0") @Range(min = 0, max = 256) int threads,
        @DefaultValue("256") @Range(min = 1, max = 10_000) int queueCapacity,
        @DefaultValue("32") @Range(min = 1, max = 1024) int maxBatch,

        @DefaultValue("auto")
        @Pattern(regexp = "auto|float32|bfloat16|int8", message = "must be auto, float32, bfloat16 or int8")
        String precision,

        @DefaultValue @Valid Index index,

        @DefaultValue("2s") @DurationMin(millis = 1) @DurationMax(hours = 1)
        Duration timeout) {

    /// Search over the index of a large catalogue, where its model has one.
    ///
    /// @param from size of a catalogue from which the index is used
    /// @param width candidates that are multiplied exactly; more find more of the best items and take longer
    /// @param probeInterval how often its recall is measured on what was asked last, by an exhaustive search
    record Index(
            @DefaultValue("200000") @Positive int from,
            @DefaultValue("512") @Positive int width,

            @DefaultValue("60s") @DurationMin(seconds = 1) @DurationMax(days = 1)
            Duration probeInterval) {}
}
