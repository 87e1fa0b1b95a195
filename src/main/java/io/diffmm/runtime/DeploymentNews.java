package io.diffmm.runtime;

import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.runtime.Models.ServedVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Tells the listeners, and the log what is wrong. For one thread at a time.
final class DeploymentNews {

    private static final System.Logger LOG = System.getLogger(DeploymentNews.class.getName());

    private final List<DeploymentListener> listeners = new ArrayList<>();
    private Optional<Trouble> trouble = Optional.empty();

    private record Trouble(String message, Consumer<DeploymentListener> telling) {}

    /// Another listener, who is told how things stand.
    void add(DeploymentListener listener, List<ServedVersion> served, Refusals refusals) {
        listeners.add(listener);
        listener.serving(served);
        refusals.forEach((version, refusal) -> listener.refused(version, refusal.reason()));
        trouble.ifPresent(found -> found.telling().accept(listener));
    }

    void serving(List<ServedVersion> versions) {
        listeners.forEach(listener -> listener.serving(versions));
    }

    void refused(String version, Throwable reason) {
        if (reason instanceof InvalidArtifactException) {
            LOG.log(System.Logger.Level.ERROR, "version {0} is not taken: {1}", version, reason.getMessage());
        } else {
            LOG.log(System.Logger.Level.ERROR, "version %s is not taken".formatted(version), reason);
        }
        listeners.forEach(listener -> listener.refused(version, String.valueOf(reason.getMessage())));
    }

    /// What is published is no version.
    void invalid(String message) {
        report(message, listener -> listener.refused("", message));
    }

    /// Versions cannot be looked at, or not be taken now.
    void unavailable(String message) {
        report(message, listener -> listener.unavailable(message));
    }

    /// Once, however often it is found.
    private void report(String message, Consumer<DeploymentListener> telling) {
        if (trouble.filter(told -> told.message().equals(message)).isEmpty()) {
            trouble = Optional.of(new Trouble(message, telling));
            LOG.log(System.Logger.Level.ERROR, "no other version can be taken: {0}", message);
            listeners.forEach(telling);
        }
    }

    /// Versions can be looked at again.
    void noTrouble() {
        trouble = Optional.empty();
    }
}
