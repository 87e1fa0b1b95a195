package io.diffmm.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The PyTorch engine of this process: loading, threads and native memory.
///
/// Code that needs the engine obtains it here, so that its library is initialised on one thread.
public final class PyTorch {

    private static final Engine ENGINE = load();

    private PyTorch() {}

    /// Returns the engine, which is loaded once.
    public static Engine engine() {
        return ENGINE;
    }

    private static Engine load() {
        WaitPolicy.makePassive(System.getenv());
        Engine engine = Engine.getEngine("PyTorch");
        try (NDManager manager = engine.newBaseManager(Device.cpu())) {
            initialiseVectorFunctions(manager.ones(new Shape(1)));
        }
        return engine;
    }

    /// Calls each vectorised function that the programs use, on the current thread only.
    ///
    /// The library selects the code for the processor at the first call. If two threads make the first call at the
    /// same time, for example because they share the first `tanh` of a process, one of them may run less accurate
    /// code. This was observed in about one of 150 processes, with errors up to 4e-5 in half of the values.
    private static void initialiseVectorFunctions(NDArray value) {
        value.tanh();
        value.exp();
        value.log();
        value.sqrt();
    }

    /// Waiting of the engine's threads for each other at the end of an operation, and for the next operation.
    ///
    /// OpenMP spins for some milliseconds by default. On a machine whose cores do other work as well, a
    /// spinning thread takes the core from the thread that it waits for: a loop of 80 products on 2 busy
    /// cores took 79 ms, and 8.8 ms with threads that sleep. The policy is read from the environment when
    /// the library is loaded.
    static final class WaitPolicy {

        private static final String POLICY = "OMP_WAIT_POLICY";
        private static final String SPINS = "GOMP_SPINCOUNT";

        private static final FunctionDescriptor SETENV = FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);

        private WaitPolicy() {}

        /// Lets threads sleep, unless the environment sets a policy.
        ///
        /// @return whether the policy was set
        static boolean makePassive(Map<String, String> environment) {
            return !environment.containsKey(POLICY) && !environment.containsKey(SPINS) && set(POLICY, "PASSIVE");
        }

        /// Sets a variable of the process's environment, which [System#getenv] does not show.
        @SuppressWarnings("restricted")
        private static boolean set(String name, String value) {
            Optional<MethodHandle> setenv = Linker.nativeLinker()
                    .defaultLookup()
                    .find("setenv")
                    .map(symbol -> Linker.nativeLinker().downcallHandle(symbol, SETENV));
            if (setenv.isEmpty()) {
                return false; // not a POSIX system
            }
            try (Arena arena = Arena.ofConfined()) {
                return (int) setenv.get().invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1) == 0;
            } catch (Throwable e) {
                throw new IllegalStateException("cannot set %s of this process".formatted(name), e);
            }
        }
    }

    /// Intra-op threads: the threads that share one operation of the calling thread. They synchronise at
    /// the end of every operation, which pays in training, whose operations are large. Serving uses one
    /// thread per operation.
    public static final class EngineThreads {

        static {
            PyTorch.engine(); // loads the native library that JniUtils calls
        }

        private EngineThreads() {}

        /// Returns the number of intra-op threads of the calling thread.
        public static int now() {
            return JniUtils.getNumThreads();
        }

        /// Runs work on the calling thread with a number of intra-op threads.
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

    /// Native heap in which the engine allocates its arrays.
    public static final class NativeMemory {

        private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);

        /// `malloc_trim` of glibc; empty with other C libraries, which do not need it.
        @SuppressWarnings("restricted")
        private static final Optional<MethodHandle> TRIM = Linker.nativeLinker()
                .defaultLookup()
                .find("malloc_trim")
                .map(symbol -> Linker.nativeLinker()
                        .downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG)));

        private NativeMemory() {}

        /// Returns free memory to the operating system. glibc itself retains free memory between blocks in use. Takes
        /// some milliseconds; intended for calls after a model was closed.
        public static void giveBack() {
            TRIM.ifPresent(trim -> {
                try {
                    int _ = (int) trim.invokeExact(0L);
                } catch (Throwable e) {
                    LOG.warn("Free native memory cannot be returned to the operating system", e);
                }
            });
        }
    }
}
