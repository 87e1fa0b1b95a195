package io.diffmm.runtime;

/// Thrown when a version that somebody asked for is not served, and what was served before still is.
public final class VersionRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    VersionRefusedException(String version, String reason) {
        this("%s: %s".formatted(version, reason));
    }

    VersionRefusedException(String message) {
        super(message);
    }
}
