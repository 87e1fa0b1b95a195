package io.diffmm.linear;

import java.nio.file.Path;

/// A file that does not hold links as they are written.
public final class InvalidLinksException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Path file;
    private final String reason;

    InvalidLinksException(Path file, String reason, Throwable cause) {
        super("%s: %s".formatted(file, reason), cause);
        this.file = file;
        this.reason = reason;
    }

    /// The file.
    public Path file() {
        return file;
    }

    /// What is wrong with it.
    public String reason() {
        return reason;
    }
}
