package io.diffmm.cli;

import io.diffmm.artifacts.BucketSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options that configure access to an S3 bucket of published models, with the environment variables of the server as
/// defaults.
final class BucketOptions {

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description = "Endpoint of the object store (default: AWS). Environment variable: DIFFMM_ARTIFACTS_S3_ENDPOINT.")
    private @Nullable String endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "REGION",
            description = "Region of the bucket. Environment variable: DIFFMM_ARTIFACTS_S3_REGION.")
    private @Nullable String region;

    @Option(
            names = "--s3-path-style",
            description = {
                "Use path-style requests, with the bucket in the path instead of the host name.",
                "Environment variable: DIFFMM_ARTIFACTS_S3_PATHSTYLE=true."
            })
    private boolean pathStyle;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = {
                "Local directory for the model before it is uploaded (default: in the temporary directory).",
                "Environment variable: DIFFMM_ARTIFACTS_CACHE."
            })
    private @Nullable Path cache;

    /// Returns the settings from options and environment variables.
    ///
    /// @param environment environment variables of the process
    /// @throws IllegalArgumentException if a value is not valid
    BucketSettings settings(Map<String, String> environment) {
        return new BucketSettings(
                value(endpoint, environment, "DIFFMM_ARTIFACTS_S3_ENDPOINT").map(URI::create),
                value(region, environment, "DIFFMM_ARTIFACTS_S3_REGION"),
                pathStyle
                        || value(null, environment, "DIFFMM_ARTIFACTS_S3_PATHSTYLE")
                                .filter(text -> text.equalsIgnoreCase("true"))
                                .isPresent(),
                Optional.ofNullable(cache)
                        .or(() -> value(null, environment, "DIFFMM_ARTIFACTS_CACHE")
                                .map(Path::of))
                        .orElseGet(BucketSettings::usualCache));
    }

    private static Optional<String> value(@Nullable String option, Map<String, String> environment, String variable) {
        return Optional.ofNullable(option)
                .or(() -> Optional.ofNullable(environment.get(variable)))
                .filter(text -> !text.isBlank());
    }
}
