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
/// Threads of Linux have a niceness each. Only the superuser may lower it again, and threads that they start inherit
/// it:
/// such work has a thread of its own, and starts none that outlives it, nor a virtual one, whose carrier might be new.
/// On other systems the niceness is that of the whole process, and stays as it is; so it does where it may not be
/// changed.
final class LowPriority {

    private static final System.Logger LOG = System.getLogger(LowPriority.class.getName());

    /// What is added to the niceness of the process: of a core that two threads want, such a one gets a tenth. With 19
    /// single requests waited longer than without; docs/decisions/0018.
    static final int NICER = 10;

    @SuppressWarnings("restricted")
    private static final Optional<MethodHandle> NICE = Optional.of(System.getProperty("os.name"))
            .filter("Linux"::equals)
            .flatMap(_ -> Linker.nativeLinker().defaultLookup().find("nice"))
            .map(symbol -> Linker.nativeLinker()
                    .downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)));

    private LowPriority() {}

    /// Does work on a thread of its own with a low priority, and waits for its end. Who interrupts the waiting thread
    /// interrupts the work.
    ///
    /// @param thread its name
    /// @throws RuntimeException what the work threw
    static <T> T call(String thread, Supplier<T> work) {
        var task = new FutureTask<T>(() -> {
            lowerOwn();
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

    /// Of the calling thread, until it ends.
    private static void lowerOwn() {
        NICE.ifPresent(nice -> {
            try {
                int _ = (int) nice.invokeExact(NICER);
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.WARNING, "the priority of a thread cannot be lowered", e);
            }
        });
    }
}
