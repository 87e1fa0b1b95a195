package io.diffmm.interactions;

/// Thrown when a key that belongs to one write comes with another. A new write needs a key of its own.
public final class IdempotencyConflictException extends RuntimeException {

    private static final long serialVersionUID = 1;

    IdempotencyConflictException(String key) {
        super("The Idempotency-Key '%s' was used with another body; a new write needs a key of its own."
                .formatted(key));
    }
}
