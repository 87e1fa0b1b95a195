package io.diffmm.interactions;

import java.util.Collection;
import java.util.List;

/// Several listeners as one.
///
/// @param all in the order in which they hear
record Listeners(List<InteractionsListener> all) implements InteractionsListener {

    @Override
    public void changed(Collection<String> userIds) {
        all.forEach(listener -> listener.changed(userIds));
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
    public void rejected(int lines) {
        all.forEach(listener -> listener.rejected(lines));
    }

    @Override
    public void unavailable() {
        all.forEach(InteractionsListener::unavailable);
    }
}
