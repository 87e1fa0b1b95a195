package io.diffmm.runtime;

import java.util.concurrent.ExecutionException;

/// What went wrong on another thread, for those who waited for it.
final class Failure {

    private Failure() {}

    /// What the work threw, to be thrown again.
    static RuntimeException unchecked(ExecutionException failure) {
        return unchecked(failure.getCause() == null ? failure : failure.getCause());
    }

    /// What the work threw, to be thrown again.
    static RuntimeException unchecked(Throwable failure) {
        return switch (failure) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(failure);
        };
    }
}
