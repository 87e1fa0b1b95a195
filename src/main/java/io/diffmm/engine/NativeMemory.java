package io.diffmm.engine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// The memory that the engine's arrays live in.
public final class NativeMemory {

    private static final System.Logger LOG = System.getLogger(NativeMemory.class.getName());

    /// glibc's; other C libraries have none, and need none.
    @SuppressWarnings("restricted")
    private static final Optional<MethodHandle> TRIM = Linker.nativeLinker()
            .defaultLookup()
            .find("malloc_trim")
            .map(symbol -> Linker.nativeLinker()
                    .downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG)));

    private NativeMemory() {}

    /// Gives memory that arrays had, and that is free, back to the operating system: glibc by itself keeps what lies
    /// between two blocks that are in use. Takes some milliseconds; for after a model was freed.
    public static void giveBack() {
        TRIM.ifPresent(trim -> {
            try {
                int _ = (int) trim.invokeExact(0L);
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.WARNING, "free memory cannot be given back", e);
            }
        });
    }
}
