package io.diffmm.runtime;

import java.util.function.Supplier;

/// With what priority a version is loaded.
public enum Loading {

    /// As everything else, on the thread that asks for it: somebody waits, be it those whom nobody serves yet, be it an
    /// operator.
    AT_ONCE {
        @Override
        <T> T run(Supplier<T> work) {
            return work.get();
        }
    },

    /// Requests are answered meanwhile, and go first.
    BESIDE_REQUESTS {
        @Override
        <T> T run(Supplier<T> work) {
            return LowPriority.call("model-loading", work);
        }
    };

    /// Does work of loading. It may not start threads that outlive it.
    ///
    /// @throws RuntimeException what it throws
    abstract <T> T run(Supplier<T> work);
}
