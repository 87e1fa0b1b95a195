package io.diffmm.recommendation;

import io.diffmm.deployment.DeploymentSettings.ModelSource;
import jakarta.validation.constraints.PositiveOrZero;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// Which published model is served.
///
/// @param directory a directory with published models, of one model, or of one version; or `s3://bucket/prefix`, with
///     models or of one
/// @param name which model; needed if `directory` holds several
/// @param version which version, whatever is published; empty for what is current
/// @param interval how often is looked for another version; zero for never
/// @param keep how many versions are kept, the newest; older ones are removed when another is taken; 0 keeps all
/// @param cache where versions from a bucket are kept on this machine; empty for a folder of the temporary directory
/// @param s3 how the bucket is reached
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

    /// How a bucket is reached.
    ///
    /// @param endpoint of the store, if it is not that of AWS
    /// @param region of the bucket
    /// @param pathStyle whether the bucket is named in the path, not in the host
    record S3(
            Optional<String> endpoint,
            Optional<String> region,
            @DefaultValue("false") boolean pathStyle) {

        S3 {
            endpoint = endpoint.filter(given -> !given.isBlank());
            region = region.filter(given -> !given.isBlank());
        }
    }

    /// An empty text, as an unset environment variable leaves it, is none.
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
