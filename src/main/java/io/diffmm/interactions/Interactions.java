package io.diffmm.interactions;

import io.diffmm.interactions.Interaction.InteractionPage;
import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.InteractionInserts.Stored;
import io.diffmm.interactions.InteractionInserts.Write;
import io.diffmm.interactions.InteractionsConfiguration.InteractionProperties;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;

/// Service for live interactions: records, reads, removes and erases them.
///
/// When a write returns, it is durable and every listener has been called. Reads and writes throw
/// [InteractionsUnavailableException] while the database cannot be reached. Thread-safe.
public final class Interactions implements Activity.Store {

    private final InteractionStore store;
    private final WriteQueue writes;
    private final DatabaseCircuitBreaker breaker;
    private final InteractionsListener.Composite listeners;
    private final int maxHistory;
    private final Duration timeout;
    private final ErasedUsers erased;
    private final LiveUsers users;
    private final ActivityCache activities;
    private final BooleanSupplier current;

    /// Creates the service.
    ///
    /// @param current returns whether changes of other replicas are being received
    Interactions(
            InteractionStore store,
            WriteQueue writes,
            DatabaseCircuitBreaker breaker,
            InteractionsListener.Composite listeners,
            InteractionProperties properties,
            ErasedUsers erased,
            LiveUsers users,
            ActivityCache activities,
            BooleanSupplier current) {
        this.store = store;
        this.writes = writes;
        this.breaker = breaker;
        this.listeners = listeners;
        this.maxHistory = properties.maxHistory();
        this.timeout = properties.timeout();
        this.erased = erased;
        this.users = users;
        this.activities = activities;
        this.current = current;
    }

    /// Registers a listener for all changes from now on.
    public void listen(InteractionsListener listener) {
        listeners.add(listener);
    }

    /// Returns the maximum number of items of a history that count, the newest ones.
    public int maxHistory() {
        return maxHistory;
    }

    /// Returns the maximum time that a request waits for a user's activity before it continues without it.
    public Duration timeout() {
        return timeout;
    }

    /// Returns whether the database answers and changes of other replicas are being received.
    public boolean available() {
        return breaker.available() && current();
    }

    /// Stores a user's interactions. An interaction that is stored already, with the same item and time, does not
    /// change.
    ///
    /// @param key identifies a repeated write, which has the outcome of the first one
    /// @throws IdempotencyConflictException if the key was used with other contents before
    public Recorded record(String userId, List<Interaction> interactions, Optional<IdempotencyKey> key) {
        List<UserInteraction> rows = interactions.stream()
                .map(interaction -> new UserInteraction(userId, interaction))
                .toList();
        return stored(List.of(userId), () -> writes.record(new Write(userId, rows, key)));
    }

    /// Stores interactions of several users, all or none.
    public Recorded record(List<UserInteraction> rows) {
        List<String> users =
                rows.stream().map(UserInteraction::userId).distinct().toList();
        return stored(users, () -> {
            Stored stored = store.record(rows);
            activities.changed(users);
            return stored;
        });
    }

    private Recorded stored(List<String> users, Supplier<Stored> work) {
        Stored stored = write(users, work);
        Recorded outcome = stored.outcome();
        if (outcome.replayed()) {
            listeners.changed(users); // the first write may have been committed although it seemed to fail
        } else {
            listeners.changed(stored.users());
            listeners.recorded(outcome.recorded(), outcome.duplicates(), stored.recommendationIds());
        }
        return outcome;
    }

    /// Writes. A write that fails may have been committed, so it counts as a change too.
    private <T> T write(List<String> changing, Supplier<T> work) {
        try {
            return breaker.write(() -> {
                users.changed(changing); // before the commit, so that no reader takes the users for absent after it
                return work.get();
            });
        } catch (RuntimeException e) {
            changed(changing);
            throw e;
        }
    }

    /// Reports a change that the cached activities lack.
    private void changed(List<String> userIds) {
        activities.changed(userIds); // first: an answer after its invalidation is computed from them
        listeners.changed(userIds);
    }

    /// Reports to the listeners that an import has rejected lines.
    public void rejected(long lines) {
        listeners.rejected(lines);
    }

    @Override
    public Activity activity(String userId) {
        return breaker.read(() -> activities.get(userId));
    }

    @Override
    public Optional<Activity> known(String userId) {
        return absent(userId) ? Optional.of(Activity.NONE) : activities.find(userId);
    }

    /// Returns a page of a user's interactions, newest first.
    ///
    /// @param after position of the last interaction of the page before
    public InteractionPage page(String userId, Optional<InteractionPage.Position> after, int limit) {
        return breaker.read(() -> store.page(userId, after, limit));
    }

    /// Removes an item from a user's history, both live and trained.
    public void remove(String userId, String itemId) {
        List<String> users = List.of(userId);
        write(users, () -> {
            store.remove(userId, itemId);
            return true;
        });
        changed(users);
    }

    /// Deletes all stored data of a user, and excludes the user's data in model artifacts from recommendations.
    public void erase(String userId) {
        List<String> users = List.of(userId);
        write(users, () -> {
            store.erase(userId);
            return true;
        });
        listeners.erased(users);
        changed(users);
    }

    /// Returns whether the store certainly has no data of a user. Does not access the database.
    boolean absent(String userId) {
        return users.absent(userId);
    }

    @Override
    public boolean erased(String userId) {
        return erased.contains(userId);
    }

    @Override
    public boolean current() {
        return current.getAsBoolean();
    }

    /// Outcome of a write.
    ///
    /// @param recorded number of interactions that the write added
    /// @param duplicates number of interactions that were stored already, by user, item and time
    /// @param replayed whether this is the outcome of an earlier write with the same key, and nothing was
    ///     written now
    public record Recorded(int recorded, int duplicates, boolean replayed) {}

    /// Idempotency key of a write, by which a retry is recognised.
    ///
    /// @param key chosen by the client, unique for one user
    /// @param requestHash SHA-256 of the request body, hexadecimal
    public record IdempotencyKey(String key, String requestHash) {

        /// Returns the key of a request with this body.
        public static IdempotencyKey of(String key, byte[] body) {
            return new IdempotencyKey(key, DigestUtils.sha256Hex(body));
        }
    }

    /// Thrown when a request reuses the idempotency key of a request with another body. The client must
    /// send a new key.
    public static final class IdempotencyConflictException extends RuntimeException {

        private static final long serialVersionUID = 1;

        IdempotencyConflictException(String key) {
            super("The Idempotency-Key '%s' was used with another body; a new write needs a key of its own."
                    .formatted(key));
        }
    }

    /// Thrown when the database cannot be reached or does not answer in time. A later retry may succeed.
    ///
    /// Has no stack trace: it is thrown for every request during an outage. The cause of the outage is
    /// logged.
    public static final class InteractionsUnavailableException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Duration retryAfter;

        /// @param retryAfter time to wait before a retry
        public InteractionsUnavailableException(Duration retryAfter) {
            super("The store of interactions cannot be reached.", null, false, false);
            this.retryAfter = retryAfter;
        }

        /// Returns the time to wait before a retry.
        public Duration retryAfter() {
            return retryAfter;
        }
    }
}
