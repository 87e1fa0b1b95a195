package io.diffmm.recommendation;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// A second version, for some of the users.
///
/// @param version which one; none if it is empty
/// @param share of the users who get it, from 0 to 1
@Validated
@ConfigurationProperties(prefix = "diffmm.canary", ignoreUnknownFields = false)
record CanaryProperties(
        Optional<String> version,
        @DefaultValue("0") @DecimalMin("0") @DecimalMax("1") double share) {

    CanaryProperties {
        version = version.filter(given -> !given.isBlank());
    }
}
