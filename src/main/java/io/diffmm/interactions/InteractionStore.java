package io.diffmm.interactions;

import io.diffmm.interactions.InteractionPage.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.transaction.support.TransactionTemplate;

/// Live interactions in a database: the statements, each in one transaction.
///
/// What is sent here has been checked. Failures are those of Spring's data access.
final class InteractionStore {

    /// By key, so that two writers of the same rows take their locks in the same order.
    private static final Comparator<UserInteraction> BY_KEY = Comparator.comparing(UserInteraction::userId)
            .thenComparing(row -> row.interaction().occurredAt())
            .thenComparing(row -> row.interaction().itemId());

    private static final String INSERT = """
            insert into interaction (user_id, item_id, occurred_at, weight, recommendation_id)
            select user_id, item_id, cast(occurred_at as timestamp(6) with time zone), weight, recommendation_id
            from unnest(
                cast(:users as varchar array),
                cast(:items as varchar array),
                cast(:times as varchar array),
                cast(:weights as double precision array),
                cast(:recommendations as varchar array)
            ) as given (user_id, item_id, occurred_at, weight, recommendation_id)
            on conflict do nothing
            """;

    /// One query, each part of it by the index of its table. (H2 sees that an index has the order that is wanted only
    /// if
    /// all of its columns are named.)
    static final String ACTIVITY = """
            select item_id, occurred_at, 'live' as kind
            from (
                select item_id, occurred_at from interaction where user_id = :user
                order by user_id desc, occurred_at desc, item_id desc limit :most
            ) as newest
            union all select item_id, removed_at, 'removed' from removal where user_id = :user
            union all select '', erased_at, 'erased' from erasure where user_hash = :hash
            order by occurred_at desc, item_id desc
            """;

    static final String PAGE = """
            select item_id, occurred_at, weight, recommendation_id from interaction
            where user_id = :user and occurred_at <= :before and (occurred_at, item_id) < (:before, :item)
            order by user_id desc, occurred_at desc, item_id desc limit :limit
            """;

    /// Later than any interaction can be.
    private static final Position NEWEST = new Position(Instant.parse("9999-01-01T00:00:00Z"), "");

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Database database;
    private final String insert;

    InteractionStore(JdbcClient jdbc, TransactionTemplate transactions, Database database) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.database = database;
        this.insert = database.insertedOf(INSERT, "user_id, recommendation_id");
    }

    /// What a write has stored.
    ///
    /// @param users whose interactions are new
    /// @param recommendationIds the answers that new interactions name
    record Stored(Recorded outcome, List<String> users, List<String> recommendationIds) {

        static Stored replayed(Recorded outcome) {
            return new Stored(outcome, List.of(), List.of());
        }
    }

    /// A row that was not there before.
    private record Inserted(String userId, Optional<String> recommendationId) {}

    /// Stores interactions that are not there yet; with a key, only if no write with that key has been.
    ///
    /// @throws IdempotencyConflictException if the key came with something else before
    Stored record(String userId, List<UserInteraction> rows, Optional<IdempotencyKey> key) {
        return write(() -> {
            if (key.isPresent() && !claim(userId, key.get())) {
                return Stored.replayed(replay(userId, key.get()));
            }
            Stored stored = insert(rows);
            key.ifPresent(own -> settle(userId, own, stored.outcome()));
            return stored;
        });
    }

    /// Stores interactions of any users that are not there yet.
    Stored record(List<UserInteraction> rows) {
        return write(() -> insert(rows));
    }

    private Stored insert(List<UserInteraction> rows) {
        List<UserInteraction> sorted = rows.stream().sorted(BY_KEY).toList();
        List<Inserted> inserted = jdbc.sql(insert)
                .param("users", array("varchar", sorted, UserInteraction::userId))
                .param(
                        "items",
                        array("varchar", sorted, row -> row.interaction().itemId()))
                .param(
                        "times",
                        array(
                                "varchar",
                                sorted,
                                row -> row.interaction().occurredAt().toString()))
                .param(
                        "weights",
                        array("float8", sorted, row -> row.interaction().weight()))
                .param(
                        "recommendations",
                        array(
                                "varchar",
                                sorted,
                                row -> row.interaction().recommendationId().orElse(null)))
                .query((row, _) -> new Inserted(row.getString(1), Optional.ofNullable(row.getString(2))))
                .list();
        List<String> users = inserted.stream().map(Inserted::userId).distinct().toList();
        if (!users.isEmpty()) {
            database.announce(Change.HISTORY, users);
        }
        return new Stored(
                new Recorded(inserted.size(), rows.size() - inserted.size(), false),
                users,
                inserted.stream()
                        .map(Inserted::recommendationId)
                        .flatMap(Optional::stream)
                        .toList());
    }

    private static SqlArrayValue array(
            String type, List<UserInteraction> rows, Function<UserInteraction, @Nullable Object> column) {
        return new SqlArrayValue(type, rows.stream().map(column).toArray());
    }

    /// Writes the key down.
    ///
    /// @return false if it is there already
    private boolean claim(String userId, IdempotencyKey key) {
        return jdbc.sql("""
                insert into idempotent_write (user_id, idempotency_key, request_hash, recorded, duplicates)
                values (:user, :key, :hash, 0, 0) on conflict do nothing
                """)
                        .param("user", userId)
                        .param("key", key.key())
                        .param("hash", key.requestHash())
                        .update()
                == 1;
    }

    private void settle(String userId, IdempotencyKey key, Recorded outcome) {
        jdbc.sql("""
                update idempotent_write set recorded = :recorded, duplicates = :duplicates
                where user_id = :user and idempotency_key = :key
                """)
                .param("recorded", outcome.recorded())
                .param("duplicates", outcome.duplicates())
                .param("user", userId)
                .param("key", key.key())
                .update();
    }

    private Recorded replay(String userId, IdempotencyKey key) {
        return jdbc.sql("""
                select recorded, duplicates from idempotent_write
                where user_id = :user and idempotency_key = :key and request_hash = :hash
                """)
                .param("user", userId)
                .param("key", key.key())
                .param("hash", key.requestHash())
                .query((row, _) -> new Recorded(row.getInt(1), row.getInt(2), true))
                .optional()
                .orElseThrow(() -> new IdempotencyConflictException(key.key()));
    }

    /// What is known of a user.
    ///
    /// @param most how many of the newest interactions are looked at
    Activity activity(String userId, int most) {
        var collector = new ActivityRows();
        jdbc.sql(ACTIVITY)
                .param("user", userId)
                .param("most", most)
                .param("hash", Hashes.ofUser(userId))
                .query(row -> {
                    collector.add(row.getString(3), row.getString(1), time(row, 2));
                });
        return collector.activity();
    }

    /// Some of what a user did, newest first.
    ///
    /// @param after the last one that is known already
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

    /// Takes an item back, whenever and wherever it came from.
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
            database.announce(Change.HISTORY, List.of(userId));
            return true;
        });
    }

    /// Deletes everything of a user, and notes that older sources do not count either.
    void erase(String userId) {
        write(() -> {
            for (String table : List.of("interaction", "removal", "idempotent_write")) {
                jdbc.sql("delete from %s where user_id = :user".formatted(table))
                        .param("user", userId)
                        .update();
            }
            jdbc.sql("insert into erasure (user_hash) values (:hash) on conflict do nothing")
                    .param("hash", Hashes.ofUser(userId))
                    .update();
            database.announce(Change.ERASURE, List.of(userId));
            return true;
        });
    }

    /// The hashes of all users who were erased.
    List<String> erasedUsers() {
        return jdbc.sql("select user_hash from erasure")
                .query((row, _) -> row.getString(1).strip())
                .list();
    }

    /// Forgets the keys of writes that are older than `age`.
    ///
    /// @return how many
    int forgetKeys(Duration age) {
        OffsetDateTime oldest = Instant.now().minus(age).atOffset(ZoneOffset.UTC);
        return jdbc.sql("delete from idempotent_write where recorded_at < :oldest")
                .param("oldest", oldest)
                .update();
    }

    /// One transaction, and then whatever the database needs to keep it through a loss of power.
    private <T> T write(Supplier<T> work) {
        T result = transactions.execute(_ -> work.get());
        database.committed();
        return result;
    }

    private static Instant time(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
