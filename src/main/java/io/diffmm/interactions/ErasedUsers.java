package io.diffmm.interactions;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/// Who was erased, by the hash of the id, for as long as the database cannot be asked.
final class ErasedUsers implements InteractionsListener {

    private static final Logger LOG = LoggerFactory.getLogger(ErasedUsers.class);

    private final Supplier<? extends Collection<String>> stored;
    private final Set<String> hashes = ConcurrentHashMap.newKeySet();

    /// @param stored the hashes that the database has
    ErasedUsers(Supplier<? extends Collection<String>> stored) {
        this.stored = stored;
    }

    @Override
    public void erased(Collection<String> userIds) {
        userIds.forEach(user -> hashes.add(Hashes.ofUser(user)));
    }

    @Override
    public void anyMayHaveChanged() {
        try {
            hashes.addAll(stored.get());
        } catch (DataAccessException e) {
            LOG.debug("The erased users cannot be read", e); // and are as soon as the database is there
        }
    }

    boolean contains(String userId) {
        return !hashes.isEmpty() && hashes.contains(Hashes.ofUser(userId));
    }
}
