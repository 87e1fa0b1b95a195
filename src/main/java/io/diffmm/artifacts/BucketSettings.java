package io.diffmm.artifacts;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// How an S3-compatible store is reached, and where this machine keeps copies. Credentials are found as every program
/// with the AWS SDK finds them: variables, profile, identity of the account or machine.
///
/// @param endpoint of the store; that of AWS if it is empty
/// @param region where the bucket is; if it is empty, what the environment says, and with an `endpoint` any
/// @param pathStyle whether the bucket is named in the path, not in the host
/// @param cache directory in which this machine keeps copies, in folders of their own by user, place and purpose
public record BucketSettings(Optional<URI> endpoint, Optional<String> region, boolean pathStyle, Path cache) {

    /// @throws IllegalArgumentException if the endpoint is not the URL of a host
    public BucketSettings {
        endpoint.ifPresent(BucketSettings::requireHost);
    }

    /// Where copies are kept if nobody says where: in the system's temporary directory.
    public static Path usualCache() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /// The directory in the cache for what is at a URL. It lies directly there, so that it is enough that it is this
    /// user's where others may write in the cache, too.
    ///
    /// @param purpose what it is kept for
    Path directory(String purpose, BucketUrl url) {
        String whose = "%s %s %s".formatted(System.getProperty("user.name"), endpoint, url);
        return cache.resolve("diffmm-%s-%s-%s"
                .formatted(purpose, url.bucket(), Digests.ofText(whose).substring(0, 16)));
    }

    private static void requireHost(URI endpoint) {
        if (endpoint.getHost() == null || !String.valueOf(endpoint.getScheme()).matches("https?")) {
            throw new IllegalArgumentException(
                    "the endpoint '%s' is no URL; like https://s3.example.org is wanted".formatted(endpoint));
        }
    }
}
