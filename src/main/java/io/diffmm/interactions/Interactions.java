package io.diffmm.interactions;

import io.diffmm.interactions.InteractionPage.Position;
import io.diffmm.interactions.InteractionStore.Stored;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What users do, as it happens: recorded, read, taken back, erased.
///
/// A write that returns is durable, and every listener has heard of it. All methods throw
/// [InteractionsUnavailableException] while the database cannot be reached.
public final class Interactions {

    /// Rows that are looked at for each item of a history: somebody may do something with one item again and again.
    private static final int ROWS_AN_ITEM = 4;

    private final InteractionStore store;
    private final Availability availability;
    private final Listeners listeners;
    private final InteractionProperties properties;

    Interactions(
            InteractionStore store, Availability availability, Listeners listeners, InteractionProperties properties) {
        this.store = store;
        this.availability = availability;
        this.listeners = listeners;
        this.properties = properties;
    }

    /// Tells somebody of every change from now on.
    public void listen(InteractionsListener listener) {
        listeners.add(listener);
    }

    /// The most items of a history that count, the newest.
    public int maxHistory() {
        return properties.maxHistory();
    }

    /// How long a request waits for what is known of a user before it goes on without.
    public Duration timeout() {
        return properties.timeout();
    }

    /// Whether the database answers.
    public boolean available() {
        return availability.available();
    }

    /// Stores what a user did. What is there already, by item and time, stays as it is.
    ///
    /// @param key tells a repeated write, which has the outcome of the first
    /// @throws IdempotencyConflictException if the key came with something else before
    public Recorded record(String userId, List<Interaction> interactions, Optional<IdempotencyKey> key) {
        List<UserInteraction> rows = interactions.stream()
                .map(interaction -> new UserInteraction(userId, interaction))
                .toList();
        return stored(() -> store.record(userId, rows, key));
    }

    /// Stores what users did, all of it or nothing.
    public Recorded record(List<UserInteraction> rows) {
        return stored(() -> store.record(rows));
    }

    private Recorded stored(Supplier<Stored> work) {
        Stored stored = availability.write(work);
        Recorded outcome = stored.outcome();
        if (!outcome.replayed()) {
            listeners.changed(stored.users());
            listeners.recorded(outcome.recorded(), outcome.duplicates(), stored.recommendationIds());
        }
        return outcome;
    }

    /// Notes that lines of an import were refused.
    public void rejected(long lines) {
        listeners.rejected(lines);
    }

    /// What is known of a user, as far as it counts.
    public Activity activity(String userId) {
        return availability.read(() -> store.activity(userId, maxHistory() * ROWS_AN_ITEM));
    }

    /// Some of what a user did, newest first.
    ///
    /// @param after the last one that is known already
    public InteractionPage page(String userId, Optional<Position> after, int limit) {
        return availability.read(() -> store.page(userId, after, limit));
    }

    /// Takes an item back from a user's history, wherever it came from.
    public void remove(String userId, String itemId) {
        write(userId, () -> store.remove(userId, itemId));
    }

    /// Deletes all that is held of a user; what an artifact holds does not count any more.
    public void erase(String userId) {
        write(userId, () -> store.erase(userId));
    }

    private void write(String userId, Runnable work) {
        availability.write(() -> {
            work.run();
            return true;
        });
        listeners.changed(List.of(userId));
    }
}
