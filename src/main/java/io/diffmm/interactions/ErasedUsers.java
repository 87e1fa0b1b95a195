package io.diffmm.interactions;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/// In-memory set of the erased users, for requests that arrive while the database cannot be reached.
///
/// Holds hashes, not ids: an id can be recognised when it arrives again, but the set does not reveal it.
final class ErasedUsers implements InteractionsListener {

    private static final Logger LOG = LoggerFactory.getLogger(ErasedUsers.class);

    private final Supplier<? extends Collection<String>> stored;
    private final Set<String> hashes = ConcurrentHashMap.newKeySet();

    /// @param stored reads the hashes in the database
    ErasedUsers(Supplier<? extends Collection<String>> stored) {
        this.stored = stored;
    }

    @Override
    public void erased(Collection<String> userIds) {
        userIds.forEach(user -> hashes.add(InteractionStore.userHash(user)));
    }

    @Override
    public void anyMayHaveChanged() {
        try {
            hashes.addAll(stored.get());
        } catch (DataAccessException e) {
            // The circuit breaker calls again once the database can be reached.
            LOG.debug("Reading the erased users failed", e);
        }
    }

    boolean contains(String userId) {
        return !hashes.isEmpty() && hashes.contains(InteractionStore.userHash(userId));
    }
}
