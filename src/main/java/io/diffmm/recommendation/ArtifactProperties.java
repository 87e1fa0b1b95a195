package io.diffmm.recommendation;

import jakarta.validation.constraints.PositiveOrZero;
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
/// @param directory a directory with published models, of one model, or of one version
/// @param name which model; needed if `directory` holds several
/// @param version which version, whatever is published; empty for what is current
/// @param interval how often is looked for another version; zero for never
/// @param keep how many versions are kept, the newest; older ones are removed when another is taken; 0 keeps all
@Validated
@ConfigurationProperties(prefix = "diffmm.artifacts", ignoreUnknownFields = false)
record ArtifactProperties(
        @DefaultValue("model-artifacts") Path directory,
        Optional<String> name,
        Optional<String> version,

        @DefaultValue("10s") @DurationMin(nanos = 0) @DurationMax(days = 1)
        Duration interval,

        @DefaultValue("0") @PositiveOrZero int keep) {

    /// An empty text, as an unset environment variable leaves it, is none.
    ArtifactProperties {
        name = name.filter(given -> !given.isBlank());
        version = version.filter(given -> !given.isBlank());
    }
}
