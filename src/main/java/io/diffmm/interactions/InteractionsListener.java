package io.diffmm.interactions;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Callback for changes in the store. Runs on the threads that write, so it must return quickly and must not throw.
public interface InteractionsListener {

    /// Called after the histories of these users have changed, on this or another replica.
    default void changed(Collection<String> userIds) {}

    /// Called after these users were erased, on this or another replica; [#changed] follows.
    default void erased(Collection<String> userIds) {}

    /// Called after a period in which changes may have been missed: any history may have changed.
    default void anyMayHaveChanged() {}

    /// Called after this replica has stored interactions.
    ///
    /// @param recorded number of new interactions
    /// @param duplicates number of interactions that were stored already
    /// @param recommendationIds ids of the recommendation responses that the new interactions name
    default void recorded(int recorded, int duplicates, List<String> recommendationIds) {}

    /// Called after an import has rejected lines.
    default void rejected(long lines) {}

    /// Called for each request that the database could not serve.
    default void unavailable() {}

    /// Forwards each event to all of its listeners. Thread-safe.
    final class Composite implements InteractionsListener {

        private final List<InteractionsListener> all = new CopyOnWriteArrayList<>();

        void add(InteractionsListener listener) {
            all.add(listener);
        }

        @Override
        public void changed(Collection<String> userIds) {
            all.forEach(listener -> listener.changed(userIds));
        }

        @Override
        public void erased(Collection<String> userIds) {
            all.forEach(listener -> listener.erased(userIds));
        }

        @Override
        public void anyMayHaveChanged() {
            all.forEach(InteractionsListener::anyMayHaveChanged);
        }

        @Override
        public void recorded(int recorded, int duplicates, List<String> recommendationIds) {
            all.forEach(listener -> listener.recorded(recorded, duplicates, recommendationIds));
        }

        @Override
        public void rejected(long lines) {
            all.forEach(listener -> listener.rejected(lines));
        }

        @Override
        public void unavailable() {
            all.forEach(InteractionsListener::unavailable);
        }
    }
}
