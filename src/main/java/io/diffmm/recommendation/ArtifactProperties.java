package io.diffmm.recommendation;

import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Which published model is served.
///
/// @param directory a directory with published models, of one model, or of one version
/// @param name which model; needed if `directory` holds several
@ConfigurationProperties(prefix = "diffmm.artifacts", ignoreUnknownFields = false)
record ArtifactProperties(@DefaultValue("model-artifacts") Path directory, Optional<String> name) {

    /// An empty name, as an unset environment variable leaves it, is none.
    ArtifactProperties {
        name = name.filter(given -> !given.isBlank());
    }
}
