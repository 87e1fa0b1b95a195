package io.diffmm.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/// How many threads the engine spreads an operation over, set for the thread that calls it.
///
/// They wait for each other at the end of every operation, and spin while they do. That pays while the processor is
/// otherwise idle; where other threads want it too, one that has to wait for its turn holds up all, several times over.
public final class EngineThreads {

    static {
        PyTorch.engine(); // loads its library, if nobody has yet
    }

    private EngineThreads() {}

    /// How many threads an operation of the calling thread has.
    public static int now() {
        return JniUtils.getNumThreads();
    }

    /// Does work with that many threads to an operation.
    public static <T> T with(int threads, Supplier<T> work) {
        int before = now();
        JniUtils.setNumThreads(threads);
        try {
            return work.get();
        } finally {
            JniUtils.setNumThreads(before);
        }
    }
}
