package io.diffmm.artifacts;

/// A place in a bucket: `s3://bucket/prefix`.
///
/// @param prefix of the keys, without a slash at its end; empty for the whole bucket
public record BucketUrl(String bucket, String prefix) {

    private static final String SCHEME = "s3://";

    public BucketUrl {
        SafeName.require("bucket", bucket);
        if (prefix.startsWith("/") || prefix.endsWith("/")) {
            throw new IllegalArgumentException("'%s' begins or ends with '/'".formatted(prefix));
        }
    }

    /// Whether a text is meant as such a URL, not as a path.
    public static boolean isMeant(String text) {
        return text.startsWith(SCHEME);
    }

    /// Reads a URL.
    ///
    /// @throws IllegalArgumentException if it names no bucket
    public static BucketUrl parse(String url) {
        String[] parts = url.substring(SCHEME.length()).split("/", 2);
        String prefix = parts.length == 1 ? "" : parts[1];
        return new BucketUrl(parts[0], prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
    }

    /// What is called `name` in it.
    BucketUrl resolve(String name) {
        return new BucketUrl(bucket, key(name));
    }

    /// The key of what is called `name` in it; of everything in it, if the name is empty.
    String key(String name) {
        return prefix.isEmpty() ? name : prefix + '/' + name;
    }

    /// The last part.
    String name() {
        return prefix.substring(prefix.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        return prefix.isEmpty() ? SCHEME + bucket : SCHEME + bucket + '/' + prefix;
    }
}
