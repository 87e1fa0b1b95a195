package io.diffmm.model;

import io.diffmm.engine.PyTorch.EngineThreads;
import java.util.List;
import java.util.function.Supplier;

/// The cores that a computation may use at once.
public interface Cores {

    /// Does parts of a computation that do not need each other, at the same time where cores are free. Returns when no
    /// part is at work any more. A part may have parts of its own.
    ///
    /// @return what each part gave, in their order
    /// @throws RuntimeException what a part threw, if one did
    <T> List<T> all(List<Supplier<T>> parts);

    /// Whether an operation of the engine may have been spread over several cores so far. If not, a batch of
    /// one user was rounded as that user always is alone on one core.
    boolean hasSpread();

    /// The core of the calling thread: one part after the other.
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
