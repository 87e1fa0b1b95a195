package io.diffmm.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// How many threads the engine spreads an operation over, set for the thread that calls it.
///
/// They wait for each other at the end of every operation, and spin while they do. That pays while the processor is
/// otherwise idle; where other threads want it too, one that has to wait for its turn holds up all, several times over.
///
/// For each calling thread that has several, OpenMP keeps a team. Once the teams have more threads than the machine has
/// cores, they no longer spin but sleep at the end of every operation, which makes a loop of small ones twice as
/// slow. So one thread does all work that is to have several.
public final class EngineThreads {

    private static final ExecutorService WIDE = Executors.newSingleThreadExecutor(Wide::new);

    static {
        PyTorch.engine(); // loads its library, if nobody has yet
    }

    private EngineThreads() {}

    /// How many threads an operation of the calling thread has.
    public static int now() {
        return JniUtils.getNumThreads();
    }

    /// Does work with that many threads to an operation; if they are more than one, on a thread of its own,
    /// after work that was given to it before. That work may not wait for somebody who waits for the same thread.
    ///
    /// @throws RuntimeException what the work threw
    public static <T> T with(int threads, Supplier<T> work) {
        if (threads == 1 || Thread.currentThread() instanceof Wide) {
            return here(threads, work);
        }
        try {
            return CompletableFuture.supplyAsync(() -> here(threads, work), WIDE)
                    .join();
        } catch (CompletionException e) {
            throw unchecked(e);
        }
    }

    /// The thread of work that has several.
    private static final class Wide extends Thread {

        Wide(Runnable work) {
            super(work, "engine");
            setDaemon(true);
        }
    }

    private static RuntimeException unchecked(CompletionException failure) {
        return switch (failure.getCause()) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            case null, default -> failure;
        };
    }

    private static <T> T here(int threads, Supplier<T> work) {
        int before = now();
        JniUtils.setNumThreads(threads);
        try {
            return work.get();
        } finally {
            JniUtils.setNumThreads(before);
        }
    }
}
