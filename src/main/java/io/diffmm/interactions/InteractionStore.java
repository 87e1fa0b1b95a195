package io.diffmm.interactions;

import io.diffmm.interactions.Activity.LiveItem;
import io.diffmm.interactions.Interaction.InteractionPage;
import io.diffmm.interactions.Interaction.InteractionPage.Position;
import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.InteractionInserts.Stored;
import io.diffmm.interactions.InteractionInserts.Write;
import io.diffmm.interactions.Interactions.IdempotencyConflictException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// SQL statements for live interactions. Each method is one transaction.
///
/// Callers validate the arguments. Failures are exceptions of Spring's data access.
final class InteractionStore {

    /// Query of a user's newest interactions, by the key of the table; H2 uses the order of an index only
    /// if the `order by` clause names all of its columns.
    static final String LIVE = """
            select item_id, occurred_at, 'live' as kind from interaction where user_id = :user
            order by user_id desc, occurred_at desc, item_id desc limit :maxItems
            """;

    /// Parts of a user's activity.
    private static final List<String> ACTIVITY = List.of(
            LIVE,
            "select item_id, removed_at, 'removed' from removal where user_id = :user",
            "select '', erased_at, 'erased' from erasure where user_hash = :hash");

    static final String PAGE = """
            select item_id, occurred_at, weight, recommendation_id from interaction
            where user_id = :user and occurred_at <= :before and (occurred_at, item_id) < (:before, :item)
            order by user_id desc, occurred_at desc, item_id desc limit :limit
            """;

    /// Position before the first page: later than any interaction.
    private static final Position NEWEST = new Position(Instant.parse("9999-01-01T00:00:00Z"), "");

    private final JdbcClient jdbc;
    private final InteractionInserts inserts;
    private final TransactionTemplate transactions;
    private final Database database;
    private final List<String> activity;

    InteractionStore(JdbcOperations operations, TransactionTemplate transactions, Database database) {
        this.jdbc = JdbcClient.create(operations);
        this.inserts = new InteractionInserts(operations, database);
        this.transactions = transactions;
        this.database = database;
        this.activity = database.queries(ACTIVITY);
    }

    /// Stores new interactions of a user; with a key, only if no earlier write had the same key.
    ///
    /// @throws IdempotencyConflictException if the key was used with other contents before
    Stored record(Write write) {
        return write(() -> inserts.insert(List.of(write)).getFirst().orElseGet(() -> inserts.replay(write)));
    }

    /// Stores new interactions of several requests, at most one of each user.
    ///
    /// @return outcomes in the order of the writes; empty for a write whose key was used before, which
    ///     stores nothing
    List<Optional<Stored>> recordTogether(List<Write> writes) {
        return write(() -> inserts.insert(writes));
    }

    /// Stores new interactions of several users.
    Stored record(List<UserInteraction> rows) {
        return write(() -> inserts.insertAll(rows));
    }

    /// Returns the contents of the store for one user.
    ///
    /// @param maxItems maximum number of interactions to read, the newest ones
    ActivityCache.Rows activity(String userId, int maxItems) {
        Map<String, Object> parameters = Map.of("user", userId, "maxItems", maxItems, "hash", userHash(userId));
        List<LiveItem> live = new ArrayList<>();
        Set<String> removed = new HashSet<>();
        var erased = new AtomicBoolean();
        for (String query : activity) {
            jdbc.sql(query).params(parameters).query(row -> {
                String kind = row.getString(3);
                switch (kind) {
                    case "live" -> live.add(new LiveItem(row.getString(1), time(row, 2)));
                    case "removed" -> removed.add(row.getString(1));
                    case "erased" -> erased.set(true);
                    default -> throw new IllegalStateException("unknown kind of activity '%s'".formatted(kind));
                }
            });
        }
        return new ActivityCache.Rows(live, removed, erased.get());
    }

    /// Returns the hash by which an erased user is stored: SHA-256 of the id, hexadecimal. It does not protect ids
    /// that can be guessed.
    static String userHash(String userId) {
        return DigestUtils.sha256Hex(userId);
    }

    /// Returns a page of a user's interactions, newest first.
    ///
    /// @param after position of the last interaction of the page before
    InteractionPage page(String userId, Optional<Position> after, int limit) {
        Position before = after.orElse(NEWEST);
        List<Interaction> found = jdbc.sql(PAGE)
                .param("user", userId)
                .param("before", before.occurredAt().atOffset(ZoneOffset.UTC))
                .param("item", before.itemId())
                .param("limit", limit + 1)
                .query((row, _) -> new Interaction(
                        row.getString(1), time(row, 2), row.getDouble(3), Optional.ofNullable(row.getString(4))))
                .list();
        if (found.size() <= limit) {
            return new InteractionPage(found, Optional.empty());
        }
        Interaction last = found.get(limit - 1);
        return new InteractionPage(
                found.subList(0, limit), Optional.of(new Position(last.occurredAt(), last.itemId())));
    }

    /// Deletes a user's interactions with an item, and records the removal for interactions in model artifacts.
    void remove(String userId, String itemId) {
        write(() -> {
            jdbc.sql("delete from interaction where user_id = :user and item_id = :item")
                    .param("user", userId)
                    .param("item", itemId)
                    .update();
            jdbc.sql("insert into removal (user_id, item_id) values (:user, :item) on conflict do nothing")
                    .param("user", userId)
                    .param("item", itemId)
                    .update();
            database.announce(Database.Change.HISTORY, List.of(userId));
            return true;
        });
    }

    /// Deletes all data of a user, and records the erasure for interactions in model artifacts.
    void erase(String userId) {
        write(() -> {
            for (String table : List.of("interaction", "removal", "idempotent_write")) {
                jdbc.sql("delete from %s where user_id = :user".formatted(table))
                        .param("user", userId)
                        .update();
            }
            jdbc.sql("insert into erasure (user_hash) values (:hash) on conflict do nothing")
                    .param("hash", userHash(userId))
                    .update();
            database.announce(Database.Change.ERASURE, List.of(userId));
            return true;
        });
    }

    /// Returns the hashes of all erased users.
    List<String> erasedUsers() {
        return jdbc.sql("select user_hash from erasure")
                .query((row, _) -> row.getString(1).strip())
                .list();
    }

    /// Deletes idempotency keys older than `age`.
    ///
    /// @return number of deleted keys
    int deleteKeys(Duration age) {
        OffsetDateTime oldest = Instant.now().minus(age).atOffset(ZoneOffset.UTC);
        return jdbc.sql("delete from idempotent_write where recorded_at < :oldest")
                .param("oldest", oldest)
                .update();
    }

    /// Runs a transaction, then makes it durable.
    private <T> T write(Supplier<T> work) {
        try {
            T result = transactions.execute(_ -> work.get());
            database.flush();
            return result;
        } catch (RuntimeException | Error e) {
            database.failed();
            throw e;
        }
    }

    private static Instant time(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
