package io.diffmm.cli;

import io.diffmm.artifacts.BucketSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a bucket of published models is reached: options, else the variables that a server knows, too.
final class BucketOptions {

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description = "Store of an s3:// URL, if not that of AWS. Also as DIFFMM_ARTIFACTS_S3_ENDPOINT.")
    private @Nullable String endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "REGION",
            description = "Region of the bucket. Also as DIFFMM_ARTIFACTS_S3_REGION.")
    private @Nullable String region;

    @Option(
            names = "--s3-path-style",
            description = "Name the bucket in the path, not in the host. Also as DIFFMM_ARTIFACTS_S3_PATHSTYLE=true.")
    private boolean pathStyle;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = {
                "Where the model is trained and kept before it is uploaded (default: in the temporary directory).",
                "Also as DIFFMM_ARTIFACTS_CACHE."
            })
    private @Nullable Path cache;

    /// What was given.
    ///
    /// @param environment of the process
    /// @throws IllegalArgumentException naming what is wrong
    BucketSettings settings(Map<String, String> environment) {
        return new BucketSettings(
                given(endpoint, environment, "DIFFMM_ARTIFACTS_S3_ENDPOINT").map(URI::create),
                given(region, environment, "DIFFMM_ARTIFACTS_S3_REGION"),
                pathStyle
                        || given(null, environment, "DIFFMM_ARTIFACTS_S3_PATHSTYLE")
                                .filter(text -> text.equalsIgnoreCase("true"))
                                .isPresent(),
                Optional.ofNullable(cache)
                        .or(() -> given(null, environment, "DIFFMM_ARTIFACTS_CACHE")
                                .map(Path::of))
                        .orElseGet(BucketSettings::usualCache));
    }

    private static Optional<String> given(@Nullable String option, Map<String, String> environment, String variable) {
        return Optional.ofNullable(option)
                .or(() -> Optional.ofNullable(environment.get(variable)))
                .filter(text -> !text.isBlank());
    }
}
