package io.diffmm.model;

import io.diffmm.engine.PyTorch.EngineThreads;
import java.util.List;
import java.util.function.Supplier;

/// Cores that a computation may use in parallel.
public interface Cores {

    /// Runs independent parts of a computation, in parallel where cores are free, and returns when all have ended. A
    /// part may run further parts.
    ///
    /// @return result of each part, in their order
    /// @throws RuntimeException thrown by a part
    <T> List<T> all(List<Supplier<T>> parts);

    /// Returns whether an operation of the engine may have run on several cores so far. If not, a batch of one user
    /// was rounded as that user always is alone on one core.
    boolean hasSpread();

    /// Returns the core of the calling thread, which runs one part after the other.
    static Cores one() {
        return new Cores() {
            @Override
            public <T> List<T> all(List<Supplier<T>> parts) {
                return parts.stream().map(Supplier::get).toList();
            }

            @Override
            public boolean hasSpread() {
                return EngineThreads.now() > 1;
            }
        };
    }
}
