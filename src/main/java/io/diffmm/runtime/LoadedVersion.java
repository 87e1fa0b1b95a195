package io.diffmm.runtime;

import io.diffmm.engine.PyTorch.NativeMemory;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// A version that is loaded, and how many compute with it. It is closed when it has been retired and the last of them
/// has ended.
final class LoadedVersion {

    private static final System.Logger LOG = System.getLogger(LoadedVersion.class.getName());

    private final ModelRuntime runtime;
    private final AtomicInteger users = new AtomicInteger(1); // one stands for not being retired
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    LoadedVersion(ModelRuntime runtime) {
        this.runtime = runtime;
    }

    ModelRuntime runtime() {
        return runtime;
    }

    ServedModel model() {
        return runtime.model();
    }

    String version() {
        return model().version();
    }

    /// The right to use it; empty if it is being closed.
    Optional<ModelLease> lease() {
        int before = users.getAndUpdate(count -> count == 0 ? 0 : count + 1);
        return before == 0 ? Optional.empty() : Optional.of(new ModelLease(runtime, this::release));
    }

    /// Lets it be closed when nobody uses it any more.
    ///
    /// @return is done when it is closed
    CompletableFuture<Void> retire() {
        release();
        return closed;
    }

    /// Closes in a thread of its own: the last user may be a thread that closing waits for.
    private void release() {
        if (users.decrementAndGet() == 0) {
            Thread.ofPlatform().name("retired-model").start(this::close);
        }
    }

    private void close() {
        try {
            runtime.close();
            NativeMemory.giveBack();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "version %s could not be freed".formatted(version()), e);
        } finally {
            closed.complete(null);
        }
    }
}
