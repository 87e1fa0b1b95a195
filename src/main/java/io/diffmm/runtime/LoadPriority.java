package io.diffmm.runtime;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// CPU priority of the thread that loads a version.
///
/// Linux threads have a niceness each. Only the superuser may lower it again, and threads inherit it from the thread
/// that starts them. Low-priority work therefore runs on a separate thread and starts no thread that outlives it, nor a
/// virtual thread, whose carrier might be new. Other systems have one niceness per process, so the priority stays
/// unchanged there, as it does where the process may not change it.
public enum LoadPriority {

    /// Loads with normal priority on the calling thread: at start-up, and when an operator waits.
    NORMAL {
        @Override
        <T> T run(Supplier<T> work) {
            return work.get();
        }
    },

    /// Loads with a low priority, so that requests go first.
    BACKGROUND {
        @Override
        <T> T run(Supplier<T> work) {
            return runNicely(work);
        }
    };

    /// Niceness added to that of the process: a thread receives a tenth of a core for which another one competes. With
    /// 19, single requests waited longer than without; docs/decisions/0018.
    static final int NICENESS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(LoadPriority.class);

    @SuppressWarnings("restricted")
    private static final Optional<MethodHandle> NICE = Optional.of(System.getProperty("os.name"))
            .filter("Linux"::equals)
            .flatMap(_ -> Linker.nativeLinker().defaultLookup().find("nice"))
            .map(symbol -> Linker.nativeLinker()
                    .downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)));

    /// Runs loading work, which may not start threads that outlive it. Interrupting the caller interrupts the work.
    ///
    /// @throws RuntimeException exception of the work
    abstract <T> T run(Supplier<T> work);

    private static <T> T runNicely(Supplier<T> work) {
        var task = new FutureTask<T>(() -> {
            lowerPriority();
            return work.get();
        });
        Thread worker = Thread.ofPlatform().name("model-loading").daemon().start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException _) {
                    interrupted = true;
                    worker.interrupt();
                }
            }
        } catch (ExecutionException e) {
            throw Tasks.failure(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void lowerPriority() {
        NICE.ifPresent(nice -> {
            try {
                int _ = (int) nice.invokeExact(NICENESS);
            } catch (Throwable e) {
                LOG.warn("Priority of the loading thread could not be lowered; loading competes with requests", e);
            }
        });
    }
}
