package io.diffmm.recommendation;

import io.diffmm.deployment.DeploymentSettings.ModelSource;
import io.diffmm.runtime.ModelRuntime.RuntimeSettings;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.Range;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// Configuration properties of serving: source of the models, canary, device, inference and cache of
/// answers.
public final class ServingProperties {

    private ServingProperties() {}

    /// Source of the published models, and the version that is served.
    ///
    /// @param directory directory of published models, of one model, or of one version; or
    ///     `s3://bucket/prefix` with models or one model
    /// @param name model to serve; required if `directory` contains several
    /// @param version version to serve instead of the published one; empty for the published one
    /// @param interval poll interval for new versions; zero for no polling
    /// @param keep number of newest versions to keep; older ones are removed when another is served; 0
    ///     keeps all
    /// @param cache local directory for copies of versions from a bucket; empty for one in the temporary
    ///     directory
    /// @param s3 access to the bucket
    @Validated
    @ConfigurationProperties(prefix = "diffmm.artifacts", ignoreUnknownFields = false)
    record ArtifactProperties(
            @DefaultValue("model-artifacts") String directory,
            Optional<String> name,
            Optional<String> version,

            @DefaultValue("10s") @DurationMin(nanos = 0) @DurationMax(days = 1)
            Duration interval,

            @DefaultValue("0") @PositiveOrZero int keep,
            Optional<String> cache,
            @DefaultValue S3 s3) {

        /// Access to a bucket.
        ///
        /// @param endpoint endpoint of the object store; empty for AWS
        /// @param region region of the bucket
        /// @param pathStyle whether the bucket is named in the path instead of the host
        record S3(
                Optional<String> endpoint,
                Optional<String> region,
                @DefaultValue("false") boolean pathStyle) {

            S3 {
                endpoint = endpoint.filter(given -> !given.isBlank());
                region = region.filter(given -> !given.isBlank());
            }
        }

        /// Treats empty text, the value of an unset environment variable in a Compose file, as absent.
        ArtifactProperties {
            name = name.filter(given -> !given.isBlank());
            version = version.filter(given -> !given.isBlank());
            cache = cache.filter(given -> !given.isBlank());
        }

        ModelSource source() {
            return new ModelSource(
                    directory, name, s3.endpoint().map(URI::create), s3.region(), s3.pathStyle(), cache.map(Path::of));
        }
    }

    /// Second version, for a share of the users.
    ///
    /// @param version version to serve as canary; empty for none
    /// @param share share of the users who receive it, from 0 to 1
    @Validated
    @ConfigurationProperties(prefix = "diffmm.canary", ignoreUnknownFields = false)
    record CanaryProperties(
            Optional<String> version,

            @DefaultValue("0") @DecimalMin("0") @DecimalMax("1")
            double share) {

        CanaryProperties {
            version = version.filter(given -> !given.isBlank());
        }
    }

    /// Device that the model computes on.
    ///
    /// @param device `auto` (a GPU if there is one, else the CPU), `cpu`, `gpu`, or `gpu:N` for the GPU
    ///     numbered N
    @Validated
    @ConfigurationProperties("diffmm")
    record DeviceProperties(
            @DefaultValue("auto")
            @Pattern(regexp = "auto|cpu|gpu|gpu:\\d{1,3}", message = "must be auto, cpu, gpu or gpu:N")
            String device) {}

    /// Threads, queue and batches of inference.
    ///
    /// @param threads number of computing threads on a CPU; 0 for one per core. A GPU has one thread
    /// @param queueCapacity maximum number of queued requests; further ones are answered with 503 at once
    /// @param maxBatch maximum number of requests computed together; more raise throughput and memory
    /// @param precision precision of the item scan: `auto` (the fastest on this machine), `float32`,
    ///     `bfloat16` or `int8`; the results are the same
    /// @param index use of the index of a large catalogue
    /// @param timeout maximum time that a request waits for its scores before it is answered with 503
    @Validated
    @ConfigurationProperties(prefix = "diffmm.inference", ignoreUnknownFields = false)
    record InferenceProperties(
            @DefaultValue("0") @Range(min = 0, max = 256) int threads,

            @DefaultValue("256") @Range(min = 1, max = 10_000)
            int queueCapacity,

            @DefaultValue("32") @Range(min = 1, max = 1024) int maxBatch,

            @DefaultValue("auto")
            @Pattern(regexp = "auto|float32|bfloat16|int8", message = "must be auto, float32, bfloat16 or int8")
            String precision,

            @DefaultValue @Valid Index index,

            @DefaultValue("2s") @DurationMin(millis = 1) @DurationMax(hours = 1)
            Duration timeout) {

        /// Search by the index of a large catalogue, if its model has one.
        ///
        /// @param from size of a catalogue from which the index is used
        /// @param width number of candidates that are scored exactly; more raise recall and time
        /// @param probeInterval interval at which recall is measured on recent requests, by an
        ///     exhaustive search
        record Index(
                @DefaultValue("200000") @Positive int from,
                @DefaultValue("512") @Positive int width,

                @DefaultValue("60s") @DurationMin(seconds = 1) @DurationMax(days = 1)
                Duration probeInterval) {}

        /// Settings of a runtime on a device.
        RuntimeSettings on(DeviceProperties device) {
            return new RuntimeSettings(
                    device.device(),
                    precision,
                    index.from(),
                    index.width(),
                    index.probeInterval(),
                    threads,
                    queueCapacity,
                    maxBatch,
                    timeout);
        }
    }

    /// Settings of the cache of answers, here and at clients.
    ///
    /// @param maximumSize maximum number of cached answers, about 3 KiB each; one of more than 4 KiB counts
    ///     as several
    /// @param timeToLive age from which an answer is stale and computed again
    /// @param staleWhileRevalidate time for which a stale answer is still served while it is computed again
    ///     in the background; 0 for never
    /// @param maximumRefreshes maximum number of concurrent refreshes of stale answers
    /// @param clientMaxAge time in which a client may reuse an answer without a request
    ///     (`Cache-Control: max-age`); new interactions of the user have no effect within it
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
}
