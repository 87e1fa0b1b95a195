package io.diffmm.runtime;

import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/// The versions that this server has served lately.
final class ServingHistory {

    private static final int MOST = 32;

    private final Deque<String> all = new ConcurrentLinkedDeque<>(); // the latest first
    private final Deque<String> current = new ConcurrentLinkedDeque<>(); // to everybody

    /// From now on these are served.
    ///
    /// @param versions the current one first
    void serves(List<String> versions) {
        remember(current, versions.getFirst());
        versions.forEach(version -> remember(all, version));
    }

    private static void remember(Deque<String> versions, String version) {
        versions.remove(version);
        versions.addFirst(version);
        while (versions.size() > MOST) {
            versions.removeLast();
        }
    }

    /// Whether a version was served.
    boolean holds(String version) {
        return all.contains(version);
    }

    /// The versions that were served to everybody, the latest first.
    List<String> former() {
        return List.copyOf(current);
    }
}
