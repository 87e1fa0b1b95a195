package io.diffmm.artifacts;

import java.util.regex.Pattern;

/// What the manifest says of one file.
///
/// @param bytes its size
/// @param sha256 the SHA-256 of its content, 64 lower-case hex digits
public record FileEntry(long bytes, String sha256) {

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    public FileEntry {
        if (bytes < 0) {
            throw new IllegalArgumentException("size is %d bytes".formatted(bytes));
        }
        if (!DIGEST.matcher(sha256).matches()) {
            throw new IllegalArgumentException("sha256 is not 64 lower-case hex digits");
        }
    }
}
