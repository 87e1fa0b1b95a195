package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// Client of one bucket. Every call has a time limit, and its exceptions name bucket and key.
///
/// All methods throw [InvalidArtifactException] if there is no such bucket, and [UncheckedIOException] if the store
/// does not answer or refuses the call.
final class Bucket implements AutoCloseable {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    /// Maximum time without data from the store.
    private static final Duration READ_LIMIT = Duration.ofSeconds(15);

    /// Maximum time of a call with its retries, unless it transfers a file.
    private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

    private static final Duration TRANSFER_LIMIT = Duration.ofHours(1);

    private final S3Client client;
    private final String name;

    Bucket(S3Client client, String name) {
        this.client = client;
        this.name = name;
    }

    static Bucket open(String name, BucketSettings settings) {
        return new Bucket(client(settings), name);
    }

    /// Returns the objects whose keys begin with `prefix`, ordered by key.
    List<StoredObject> objects(String prefix) {
        return call(
                "list",
                prefix,
                () -> client
                        .listObjectsV2Paginator(request -> request.bucket(name).prefix(prefix))
                        .contents()
                        .stream()
                        .map(object -> new StoredObject(object.key(), object.size(), object.eTag()))
                        .toList());
    }

    /// Returns the names of the folders directly below a prefix.
    List<String> folders(String prefix) {
        return call(
                "list",
                prefix,
                () -> client
                        .listObjectsV2Paginator(
                                request -> request.bucket(name).prefix(prefix).delimiter("/"))
                        .commonPrefixes()
                        .stream()
                        .map(CommonPrefix::prefix)
                        .map(folder -> folder.substring(prefix.length(), folder.length() - 1))
                        .toList());
    }

    /// Returns the text of an object, at most its first `max` bytes; empty if there is no such object.
    Optional<String> text(String key, int max) {
        return call("read", key, () -> {
            try (ResponseInputStream<GetObjectResponse> content =
                    client.getObject(request -> request.bucket(name).key(key))) {
                byte[] bytes = content.readNBytes(max);
                content.abort(); // leaves the rest unread
                return Optional.of(new String(bytes, StandardCharsets.UTF_8));
            } catch (NoSuchKeyException _) {
                return Optional.empty();
            } catch (IOException e) {
                throw failed("read", key, String.valueOf(e.getMessage()), e);
            }
        });
    }

    boolean contains(String key) {
        return call("read", key, () -> {
            try {
                client.headObject(request -> request.bucket(name).key(key));
                return true;
            } catch (NoSuchKeyException _) {
                return false;
            }
        });
    }

    /// Downloads an object, and fails if it has changed since it was listed.
    void download(StoredObject object, Path file) {
        call(
                "read",
                object.key(),
                () -> client.getObject(
                        request -> request.bucket(name)
                                .key(object.key())
                                .ifMatch(object.tag())
                                .overrideConfiguration(Bucket::setTransferLimit),
                        ResponseTransformer.toFile(file)));
        requireWhole(object, file);
    }

    private void requireWhole(StoredObject object, Path file) {
        try {
            if (Files.size(file) != object.bytes()) {
                throw new IOException("received %d of %d bytes".formatted(Files.size(file), object.bytes()));
            }
        } catch (IOException e) {
            throw failed("read", object.key(), String.valueOf(e.getMessage()), e);
        }
    }

    void upload(Path file, String key) {
        call(
                "write",
                key,
                () -> client.putObject(
                        request -> request.bucket(name).key(key).overrideConfiguration(Bucket::setTransferLimit),
                        RequestBody.fromFile(file)));
    }

    void write(String text, String key) {
        call(
                "write",
                key,
                () -> client.putObject(request -> request.bucket(name).key(key), RequestBody.fromString(text)));
    }

    void delete(String key) {
        call(
                "delete",
                key,
                () -> client.deleteObject(request -> request.bucket(name).key(key)));
    }

    private <T> T call(String verb, String key, Supplier<T> call) {
        try {
            return call.get();
        } catch (NoSuchBucketException _) {
            throw new InvalidArtifactException("s3://" + name, "there is no such bucket");
        } catch (SdkException e) {
            throw failed(verb, key, reason(e), e);
        }
    }

    private UncheckedIOException failed(String verb, String key, String reason, Exception cause) {
        return new UncheckedIOException(
                "cannot %s s3://%s/%s: %s".formatted(verb, name, key, reason), new IOException(reason, cause));
    }

    /// Returns the message of the store without request ids; a response without a body has a status only.
    private static String reason(SdkException e) {
        if (e instanceof AwsServiceException refused) {
            return refused.awsErrorDetails() == null
                            || refused.awsErrorDetails().errorMessage() == null
                    ? "the store answered with status %d".formatted(refused.statusCode())
                    : "%s (status %d)".formatted(refused.awsErrorDetails().errorMessage(), refused.statusCode());
        }
        return String.valueOf(e.getMessage());
    }

    @Override
    public void close() {
        client.close();
    }

    private static S3Client client(BucketSettings settings) {
        S3ClientBuilder client = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT_LIMIT)
                        .socketTimeout(READ_LIMIT))
                .overrideConfiguration(calls -> calls.apiCallTimeout(CALL_LIMIT))
                .forcePathStyle(settings.pathStyle())
                // Not every store supports the checksums of the SDK; the manifest has its own.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        settings.endpoint().ifPresent(client::endpointOverride);
        settings.region()
                .map(Region::of)
                .or(() -> settings.endpoint().map(_ -> Region.US_EAST_1)) // ignored there, but part of signatures
                .ifPresent(client::region);
        try {
            return client.build();
        } catch (SdkException e) {
            throw new UncheckedIOException(
                    "the region of the bucket is unknown; set diffmm.artifacts.s3.region, --s3-region or AWS_REGION",
                    new IOException(e));
        }
    }

    private static void setTransferLimit(AwsRequestOverrideConfiguration.Builder call) {
        call.apiCallTimeout(TRANSFER_LIMIT);
    }

    /// Object in a bucket.
    ///
    /// @param tag entity tag, which changes with the content
    record StoredObject(String key, long bytes, String tag) {

        /// Returns the part of the key after the last slash.
        String name() {
            return key.substring(key.lastIndexOf('/') + 1);
        }
    }
}
