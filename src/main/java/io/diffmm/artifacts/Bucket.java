package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// The calls to a bucket. Each ends within a time; what goes wrong names bucket and key.
///
/// All methods throw [InvalidArtifactException] if there is no such bucket, and [UncheckedIOException] if the store
/// does not answer, or refuses.
final class Bucket implements AutoCloseable {

    private final S3Client client;
    private final String name;

    Bucket(S3Client client, String name) {
        this.client = client;
        this.name = name;
    }

    static Bucket open(String name, BucketSettings settings) {
        return new Bucket(BucketClient.open(settings), name);
    }

    /// Every object whose key begins with `prefix`, by key.
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

    /// The names of the folders directly below a prefix.
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

    /// The beginning of an object's text, at most `most` bytes; empty if there is no such object.
    Optional<String> text(String key, int most) {
        return call("read", key, () -> {
            try (ResponseInputStream<GetObjectResponse> content =
                    client.getObject(request -> request.bucket(name).key(key))) {
                byte[] bytes = content.readNBytes(most);
                content.abort(); // what is left is not read
                return Optional.of(new String(bytes, StandardCharsets.UTF_8));
            } catch (NoSuchKeyException _) {
                return Optional.empty();
            } catch (IOException e) {
                throw failed("read", key, String.valueOf(e.getMessage()), e);
            }
        });
    }

    boolean holds(String key) {
        return call("look at", key, () -> {
            try {
                client.headObject(request -> request.bucket(name).key(key));
                return true;
            } catch (NoSuchKeyException _) {
                return false;
            }
        });
    }

    /// Copies an object as it was listed.
    void download(StoredObject object, Path file) {
        call(
                "read",
                object.key(),
                () -> client.getObject(
                        request -> request.bucket(name)
                                .key(object.key())
                                .ifMatch(object.tag())
                                .overrideConfiguration(BucketClient::transferring),
                        ResponseTransformer.toFile(file)));
        requireWhole(object, file);
    }

    private void requireWhole(StoredObject object, Path file) {
        try {
            if (Files.size(file) != object.bytes()) {
                throw new IOException("%d of %d bytes came".formatted(Files.size(file), object.bytes()));
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
                        request -> request.bucket(name).key(key).overrideConfiguration(BucketClient::transferring),
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

    private <T> T call(String what, String key, Supplier<T> call) {
        try {
            return call.get();
        } catch (NoSuchBucketException _) {
            throw new InvalidArtifactException("s3://" + name, "there is no such bucket");
        } catch (SdkException e) {
            throw failed(what, key, reason(e), e);
        }
    }

    private UncheckedIOException failed(String what, String key, String reason, Exception cause) {
        return new UncheckedIOException(
                "cannot %s s3://%s/%s: %s".formatted(what, name, key, reason), new IOException(reason, cause));
    }

    /// What the store says, without the numbers of requests; answers without a body say nothing but their status.
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
}
