package io.diffmm.artifacts;

import io.diffmm.artifacts.ArtifactNames.SafeName;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;

/// Connection to an S3-compatible store, and the local directory for copies.
///
/// Credentials come from the default provider chain of the AWS SDK: environment variables, profile, or the identity of
/// the service account or machine.
///
/// @param endpoint endpoint of the store; empty for AWS
/// @param region region of the bucket; if empty, the SDK's default, and any region with an `endpoint`
/// @param pathStyle whether the bucket name is in the path instead of the host name
/// @param cache directory for local copies, in subdirectories by user, location and purpose
public record BucketSettings(Optional<URI> endpoint, Optional<String> region, boolean pathStyle, Path cache) {

    /// @throws IllegalArgumentException if the endpoint is not the URL of a host
    public BucketSettings {
        endpoint.ifPresent(BucketSettings::requireHost);
    }

    /// Returns the default directory for local copies, the system's temporary directory.
    public static Path defaultCache() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /// Returns the cache directory for a location.
    ///
    /// It is a direct child of the cache: if other users may write the cache, too, checking the owner of the child
    /// suffices.
    ///
    /// @param purpose purpose of the copies, for example `serving`
    Path directory(String purpose, BucketUrl url) {
        String owner = "%s %s %s".formatted(System.getProperty("user.name"), endpoint, url);
        return cache.resolve("diffmm-%s-%s-%s"
                .formatted(purpose, url.bucket(), DigestUtils.sha256Hex(owner).substring(0, 16)));
    }

    private static void requireHost(URI endpoint) {
        if (endpoint.getHost() == null || !String.valueOf(endpoint.getScheme()).matches("https?")) {
            throw new IllegalArgumentException(
                    "the endpoint '%s' is not a URL such as https://s3.example.org".formatted(endpoint));
        }
    }

    /// Location in a bucket: `s3://bucket/prefix`.
    ///
    /// @param prefix prefix of the keys, without a slash at its end; empty for the whole bucket
    public record BucketUrl(String bucket, String prefix) {

        private static final String SCHEME = "s3://";

        public BucketUrl {
            SafeName.require("bucket", bucket);
            if (prefix.startsWith("/") || prefix.endsWith("/")) {
                throw new IllegalArgumentException("'%s' begins or ends with '/'".formatted(prefix));
            }
        }

        /// Returns whether a text is such a URL, not a path.
        public static boolean isMeant(String text) {
            return text.startsWith(SCHEME);
        }

        /// Parses a URL.
        ///
        /// @throws IllegalArgumentException if it names no bucket
        public static BucketUrl parse(String url) {
            String[] parts = url.substring(SCHEME.length()).split("/", 2);
            String prefix = parts.length == 1 ? "" : parts[1];
            return new BucketUrl(parts[0], prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
        }

        /// Returns the location of the child `name`.
        BucketUrl resolve(String name) {
            return new BucketUrl(bucket, key(name));
        }

        /// Returns the key of the child `name`; the common prefix of all children if `name` is empty.
        String key(String name) {
            return prefix.isEmpty() ? name : prefix + '/' + name;
        }

        /// Returns the last part of the prefix.
        String name() {
            return prefix.substring(prefix.lastIndexOf('/') + 1);
        }

        @Override
        public String toString() {
            return prefix.isEmpty() ? SCHEME + bucket : SCHEME + bucket + '/' + prefix;
        }
    }
}
