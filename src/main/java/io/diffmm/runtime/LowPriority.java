package io.diffmm.runtime;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// Work that no request waits for gets the cores when those who answer requests leave some.
///
/// Threads of Linux have a niceness each, which only the superuser may take back, and which threads that they start
/// inherit: such work has a thread of its own, and starts none that outlives it, nor a virtual one, whose carrier might
/// be new. On other systems the niceness is the whole process's, and stays as it is; so it does where it may not be
/// changed.
final class LowPriority {

    private static final System.Logger LOG = System.getLogger(LowPriority.class.getName());

    /// Of a core that two threads want, this one gets a tenth. With 19 it holds locks for too long.
    static final int NICENESS = 10;

    /// `PRIO_PROCESS` of the C library, which with the id 0 is the calling thread.
    private static final int THREAD = 0;

    @SuppressWarnings("restricted")
    private static final Optional<MethodHandle> SET_PRIORITY = Optional.of(System.getProperty("os.name"))
            .filter("Linux"::equals)
            .flatMap(_ -> Linker.nativeLinker().defaultLookup().find("setpriority"))
            .map(symbol -> Linker.nativeLinker()
                    .downcallHandle(
                            symbol,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT)));

    private LowPriority() {}

    /// Does work on a thread of its own with a low priority, and waits for its end. Who interrupts the waiting thread
    /// interrupts the work.
    ///
    /// @param thread its name
    /// @throws RuntimeException what the work threw
    static <T> T call(String thread, Supplier<T> work) {
        var task = new FutureTask<T>(() -> {
            take();
            return work.get();
        });
        Thread worker = Thread.ofPlatform().name(thread).daemon().start(task);
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
            throw Failure.unchecked(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void take() {
        SET_PRIORITY.ifPresent(setPriority -> {
            try {
                if ((int) setPriority.invokeExact(THREAD, 0, NICENESS) != 0) {
                    LOG.log(System.Logger.Level.DEBUG, "the priority of a thread may not be lowered");
                }
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.WARNING, "the priority of a thread cannot be lowered", e);
            }
        });
    }
}
