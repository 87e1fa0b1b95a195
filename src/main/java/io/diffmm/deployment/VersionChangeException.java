package io.diffmm.deployment;

/// Thrown when a requested change of the served version is not made, or not yet.
public abstract sealed class VersionChangeException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private VersionChangeException(String message) {
        super(message);
    }

    /// Thrown when a requested version does not exist or is not fit to be served. The served versions stay the same.
    public static final class VersionRefusedException extends VersionChangeException {

        private static final long serialVersionUID = 1;

        VersionRefusedException(String version, String reason) {
            this("%s: %s".formatted(version, reason));
        }

        VersionRefusedException(String message) {
            super(message);
        }
    }

    /// Thrown when a change has not finished in time. It may still finish later, so clients read the served versions
    /// again.
    public static final class ChangeUnfinishedException extends VersionChangeException {

        private static final long serialVersionUID = 1;

        ChangeUnfinishedException(String message) {
            super(message);
        }
    }
}
