package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/// Opens clients of S3-compatible stores.
final class BucketClient {

    private static final Duration CONNECTING = Duration.ofSeconds(5);

    /// A store that sends nothing for so long has gone.
    private static final Duration SILENCE = Duration.ofSeconds(15);

    /// A call and its repetitions; those that carry a file may take as long as the next.
    private static final Duration CALL = Duration.ofSeconds(30);

    private static final Duration TRANSFER = Duration.ofHours(1);

    private BucketClient() {}

    static S3Client open(BucketSettings settings) {
        S3ClientBuilder client = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECTING)
                        .socketTimeout(SILENCE))
                .overrideConfiguration(calls -> calls.apiCallTimeout(CALL))
                .forcePathStyle(settings.pathStyle())
                // Other stores do not know the SDK's checksums; ours are in the manifest.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        settings.endpoint().ifPresent(client::endpointOverride);
        settings.region()
                .map(Region::of)
                .or(() -> settings.endpoint().map(_ -> Region.US_EAST_1)) // has no meaning there, but is signed
                .ifPresent(client::region);
        try {
            return client.build();
        } catch (SdkException e) {
            throw new UncheckedIOException(
                    "the region of the bucket is not known; name it with diffmm.artifacts.s3.region, --s3-region or AWS_REGION",
                    new IOException(e));
        }
    }

    static void transferring(AwsRequestOverrideConfiguration.Builder call) {
        call.apiCallTimeout(TRANSFER);
    }
}
