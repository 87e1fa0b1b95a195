package io.diffmm.deployment;

import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.deployment.ServedModels.ServedVersion;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Event publisher of a deployment: notifies listeners and logs failures. For one thread at a time.
public final class DeploymentEvents {

    private static final Logger LOG = LoggerFactory.getLogger(DeploymentEvents.class);

    private final List<DeploymentListener> listeners = new ArrayList<>();
    private Optional<Failure> failure = Optional.empty();

    /// Failure that lasts until a poll succeeds.
    private record Failure(String message, Consumer<DeploymentListener> notification) {}

    DeploymentEvents() {}

    /// Listener for changes of the served versions. Implementations must be quick and must not throw.
    public interface DeploymentListener {

        /// The served versions have changed.
        ///
        /// @param versions all served versions, the current one first
        default void serving(List<ServedVersion> versions) {}

        /// A version was refused; the served versions stay the same.
        ///
        /// @param version empty if even the name of the version is unknown
        default void refused(String version, String reason) {}

        /// The repository is unavailable; the served versions stay the same.
        default void unavailable(String reason) {}
    }

    /// Adds a listener and notifies it of the present state.
    void add(DeploymentListener listener, List<ServedVersion> served, VersionLoader.RejectedVersions rejected) {
        listeners.add(listener);
        listener.serving(served);
        rejected.forEach((version, refusal) -> listener.refused(version, refusal.reason()));
        failure.ifPresent(lasting -> lasting.notification().accept(listener));
    }

    void serving(List<ServedVersion> versions) {
        listeners.forEach(listener -> listener.serving(versions));
    }

    void refused(String version, Throwable reason) {
        if (reason instanceof InvalidArtifactException) {
            LOG.error("Version {} refused: {}", version, reason.getMessage());
        } else {
            LOG.error("Version {} refused", version, reason);
        }
        listeners.forEach(listener -> listener.refused(version, String.valueOf(reason.getMessage())));
    }

    /// The published version is invalid.
    void invalid(String message) {
        report(message, listener -> listener.refused("", message));
    }

    /// The repository cannot be read, or no version can be loaded now.
    void unavailable(String message) {
        report(message, listener -> listener.unavailable(message));
    }

    /// Reports a lasting failure once, however often it occurs.
    private void report(String message, Consumer<DeploymentListener> notification) {
        if (failure.filter(reported -> reported.message().equals(message)).isEmpty()) {
            failure = Optional.of(new Failure(message, notification));
            LOG.error("No other version can be loaded; the served versions stay the same: {}", message);
            listeners.forEach(notification);
        }
    }

    /// Ends a lasting failure, after a poll that succeeded.
    void recovered() {
        failure = Optional.empty();
    }

    /// Listener that logs the served versions.
    static final class DeploymentLog implements DeploymentListener {

        @Override
        public void serving(List<ServedVersion> versions) {
            for (ServedVersion version : versions) {
                ServedModel model = version.model();
                LOG.info(
                        "Serving {} {} ({}, {} users, {} items) on {}, items scanned in {}, to {} % of the users",
                        model.name(),
                        model.version(),
                        model.family(),
                        model.userCount(),
                        model.itemCount(),
                        model.device(),
                        model.precision(),
                        Math.round(100 * version.share()));
            }
        }
    }
}
