package io.diffmm.interactions;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Everybody who listens, as one.
final class Listeners implements InteractionsListener {

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
