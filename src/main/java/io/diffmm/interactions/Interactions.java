package io.diffmm.interactions;

import io.diffmm.interactions.InteractionPage.Position;
import io.diffmm.interactions.InteractionStore.Stored;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
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
    private final ErasedUsers erased;
    private final BooleanSupplier current;

    Interactions(
            InteractionStore store,
            Availability availability,
            Listeners listeners,
            InteractionProperties properties,
            ErasedUsers erased,
            BooleanSupplier current) {
        this.store = store;
        this.availability = availability;
        this.listeners = listeners;
        this.properties = properties;
        this.erased = erased;
        this.current = current;
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

    /// Whether the database answers, and changes by other replicas are heard.
    public boolean available() {
        return availability.available() && current();
    }

    /// Stores what a user did. What is there already, by item and time, stays as it is.
    ///
    /// @param key tells a repeated write, which has the outcome of the first
    /// @throws IdempotencyConflictException if the key came with something else before
    public Recorded record(String userId, List<Interaction> interactions, Optional<IdempotencyKey> key) {
        List<UserInteraction> rows = interactions.stream()
                .map(interaction -> new UserInteraction(userId, interaction))
                .toList();
        return stored(List.of(userId), () -> store.record(userId, rows, key));
    }

    /// Stores what users did, all of it or nothing.
    public Recorded record(List<UserInteraction> rows) {
        List<String> users =
                rows.stream().map(UserInteraction::userId).distinct().toList();
        return stored(users, () -> store.record(rows));
    }

    private Recorded stored(List<String> users, Supplier<Stored> work) {
        Stored stored = write(users, work);
        Recorded outcome = stored.outcome();
        if (outcome.replayed()) {
            listeners.changed(users); // the first may have been committed without an answer
        } else {
            listeners.changed(stored.users());
            listeners.recorded(outcome.recorded(), outcome.duplicates(), stored.recommendationIds());
        }
        return outcome;
    }

    /// Writes. What fails may be committed all the same: nobody knows then.
    private <T> T write(List<String> users, Supplier<T> work) {
        try {
            return availability.write(work);
        } catch (RuntimeException e) {
            listeners.changed(users);
            throw e;
        }
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
        List<String> users = List.of(userId);
        write(users, () -> {
            store.remove(userId, itemId);
            return true;
        });
        listeners.changed(users);
    }

    /// Deletes all that is held of a user; what an artifact holds does not count any more.
    public void erase(String userId) {
        List<String> users = List.of(userId);
        write(users, () -> {
            store.erase(userId);
            return true;
        });
        listeners.erased(users);
        listeners.changed(users);
    }

    /// Whether a user was erased, as far as is known here. Does not ask the database.
    public boolean erased(String userId) {
        return erased.contains(userId);
    }

    /// Whether changes by other replicas are heard. If not, no answer holds for long.
    public boolean current() {
        return current.getAsBoolean();
    }
}
