package io.diffmm.deployment;

import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Served versions of a model: the current version, and optionally a canary for a share of the users.
///
/// Versions change at run time. A caller holds a lease while it computes one answer, and computes that answer with the
/// leased version only. A replaced version frees its arrays when its last lease closes.
public interface ServedModels {

    /// Leases the current version.
    ModelLease current();

    /// Leases the version of a user. It is the same for every request while the served versions do not change.
    ModelLease forUser(String userId);

    /// Leases a served version, or a replaced one that is still in use; empty if it is closed.
    Optional<ModelLease> version(String version);

    /// Returns whether this server has served a version recently.
    boolean served(String version);

    /// Returns the served versions, the current one first.
    List<ServedVersion> serving();

    /// Role of a served version.
    enum Role {
        CURRENT,
        CANARY
    }

    /// Served version with its role and its users.
    ///
    /// @param share share of the users, in `[0, 1]`
    record ServedVersion(ServedModel model, Role role, double share) {}

    /// Lease of a version, which stays loaded until the lease is closed.
    final class ModelLease implements AutoCloseable {

        private final ModelRuntime runtime;
        private final Runnable release;
        private final AtomicBoolean closed = new AtomicBoolean();

        /// Creates a lease.
        ///
        /// @param release runs once, at the first call of [#close]
        public ModelLease(ModelRuntime runtime, Runnable release) {
            this.runtime = runtime;
            this.release = release;
        }

        /// Returns the runtime of the leased version.
        public ModelRuntime runtime() {
            return runtime;
        }

        /// Returns the name of the leased version.
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
}
