package io.diffmm.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/// The right to compute with a version until it is closed.
public final class ModelLease implements AutoCloseable {

    private final ModelRuntime runtime;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    /// A lease.
    ///
    /// @param release is run once, when the lease is closed first
    public ModelLease(ModelRuntime runtime, Runnable release) {
        this.runtime = runtime;
        this.release = release;
    }

    public ModelRuntime runtime() {
        return runtime;
    }

    /// The name of the version.
    public String version() {
        return runtime.model().version();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
