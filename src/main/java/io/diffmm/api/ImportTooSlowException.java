package io.diffmm.api;

import java.time.Duration;

/// Thrown when an import takes longer than it may.
final class ImportTooSlowException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ImportTooSlowException(Duration longest) {
        super("The import took longer than %s.".formatted(longest));
    }
}
