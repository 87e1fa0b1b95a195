package io.diffmm.runtime;

import java.util.concurrent.ExecutionException;

/// What went wrong on another thread, for those who waited for it.
final class Failure {

    private Failure() {}

    /// What the work threw, to be thrown again.
    static RuntimeException unchecked(ExecutionException failure) {
        return switch (failure.getCause()) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            case null, default -> new IllegalStateException(failure);
        };
    }
}
