package io.diffmm.cli;

import io.diffmm.artifacts.BucketPublisher;
import io.diffmm.artifacts.BucketSettings;
import io.diffmm.artifacts.BucketSettings.BucketUrl;
import io.diffmm.training.QualityGate.UnpublishedException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options for the target of publication: a directory of models, or an S3 bucket, with the environment variables of the
/// server as defaults.
final class ArtifactOptions {

    @Option(
            names = "--artifacts",
            required = true,
            paramLabel = "DIR|URL",
            description = "Directory to publish to, as DIR/NAME/VERSION; or s3://BUCKET/PREFIX.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String artifacts;

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            description =
                    "Endpoint of the object store (default: AWS). Environment variable: DIFFMM_ARTIFACTS_S3_ENDPOINT.")
    private @Nullable String endpoint;

    @Option(
            names = "--s3-region",
            paramLabel = "REGION",
            description = "Region of the bucket. Environment variable: DIFFMM_ARTIFACTS_S3_REGION.")
    private @Nullable String region;

    @Option(
            names = "--s3-path-style",
            description = "Use path-style requests, with the bucket in the path instead of the host name. "
                    + "Environment variable: DIFFMM_ARTIFACTS_S3_PATHSTYLE=true.")
    private boolean pathStyle;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Local directory for the model before it is uploaded (default: in the temporary directory). "
                    + "Environment variable: DIFFMM_ARTIFACTS_CACHE.")
    private @Nullable Path cache;

    /// Returns the local directory of models: the target of publication, or of the upload to a bucket.
    ///
    /// @param environment environment variables of the process
    Path directory(Map<String, String> environment) {
        return BucketUrl.isMeant(artifacts)
                ? BucketPublisher.directory(BucketUrl.parse(artifacts), settings(environment))
                : Path.of(artifacts);
    }

    /// Runs a training job and uploads the new version if the target is a bucket.
    ///
    /// @param model name of the model
    /// @param training runs the job and returns the directory of the new version
    void publish(String model, Supplier<Path> training, Map<String, String> environment) {
        if (!BucketUrl.isMeant(artifacts)) {
            var _ = training.get(); // the job prints the directory
            return;
        }
        try (var publisher = new BucketPublisher(BucketUrl.parse(artifacts), model, settings(environment))) {
            publisher.prepare();
            System.out.println("uploaded to " + publisher.publish(trained(training, publisher)));
        }
    }

    /// Uploads also a model that is not published, because the local disk may be lost with the machine.
    private static Path trained(Supplier<Path> training, BucketPublisher publisher) {
        try {
            return training.get();
        } catch (UnpublishedException e) {
            keep(e.candidate(), publisher);
            throw e;
        }
    }

    private static void keep(Path candidate, BucketPublisher publisher) {
        try {
            System.out.println("uploaded to " + publisher.keepUnpublished(candidate));
        } catch (UncheckedIOException e) {
            System.err.println("error: " + e.getMessage()); // in addition to the reason for not publishing the model
        }
    }

    /// Returns the settings from options and environment variables.
    ///
    /// @param environment environment variables of the process
    /// @throws IllegalArgumentException if a value is not valid
    private BucketSettings settings(Map<String, String> environment) {
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
                        .orElseGet(BucketSettings::defaultCache));
    }

    private static Optional<String> value(@Nullable String option, Map<String, String> environment, String variable) {
        return Optional.ofNullable(option)
                .or(() -> Optional.ofNullable(environment.get(variable)))
                .filter(text -> !text.isBlank());
    }
}
