package io.diffmm.interactions;

import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.Interactions.IdempotencyConflictException;
import io.diffmm.interactions.Interactions.IdempotencyKey;
import io.diffmm.interactions.Interactions.Recorded;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;

/// SQL statements that store interactions, of one request or of several at once. Run in the transaction
/// of the caller.
final class InteractionInserts {

    /// Order of the primary key: two writers of the same rows lock them in the same order, which prevents
    /// deadlocks.
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

    private static final String CLAIM = """
            insert into idempotent_write (user_id, idempotency_key, request_hash, recorded, duplicates)
            select user_id, idempotency_key, request_hash, 0, 0
            from unnest(
                cast(:users as varchar array),
                cast(:keys as varchar array),
                cast(:hashes as varchar array)
            ) as given (user_id, idempotency_key, request_hash)
            on conflict do nothing
            """;

    private static final String SETTLE = """
            update idempotent_write set recorded = ?, duplicates = ?
            where user_id = ? and idempotency_key = ?
            """;

    private final JdbcOperations batches;
    private final JdbcClient jdbc;
    private final Database database;
    private final String insert;
    private final String claim;

    InteractionInserts(JdbcOperations operations, Database database) {
        this.batches = operations;
        this.jdbc = JdbcClient.create(operations);
        this.database = database;
        this.insert = database.insertReturning(INSERT, "user_id, recommendation_id");
        this.claim = database.insertReturning(CLAIM, "user_id");
    }

    /// Interactions of one user that a request stores.
    ///
    /// @param key key of the request, if it has one
    record Write(String userId, List<UserInteraction> rows, Optional<IdempotencyKey> key) {

        Write {
            rows = List.copyOf(rows);
        }

        private IdempotencyKey ownKey() {
            return key.orElseThrow();
        }
    }

    /// Rows that a write has added.
    ///
    /// @param users users with new interactions
    /// @param recommendationIds ids of the recommendation responses that the new interactions name
    record Stored(Recorded outcome, List<String> users, List<String> recommendationIds) {

        private static Stored of(int rows, List<Inserted> inserted) {
            return new Stored(
                    new Recorded(inserted.size(), rows - inserted.size(), false),
                    inserted.stream().map(Inserted::userId).distinct().toList(),
                    inserted.stream()
                            .map(Inserted::recommendationId)
                            .flatMap(Optional::stream)
                            .toList());
        }
    }

    /// Row that the insert has added.
    private record Inserted(String userId, Optional<String> recommendationId) {}

    /// Stores the interactions of several requests, with one notification.
    ///
    /// @param writes at most one of each user
    /// @return outcomes in the order of the writes; empty for a write whose key was used before, which
    ///     stores nothing
    List<Optional<Stored>> insert(List<Write> writes) {
        Set<String> claimed =
                claim(writes.stream().filter(write -> write.key().isPresent()).toList());
        List<Write> admitted = writes.stream()
                .filter(write -> write.key().isEmpty() || claimed.contains(write.userId()))
                .toList();
        Map<String, Stored> outcomes = outcomes(admitted);
        settle(admitted, outcomes);
        return writes.stream()
                .map(write -> Optional.ofNullable(outcomes.get(write.userId())))
                .toList();
    }

    private Map<String, Stored> outcomes(List<Write> writes) {
        Map<String, List<Inserted>> inserted =
                rows(writes.stream().flatMap(write -> write.rows().stream()).toList()).stream()
                        .collect(Collectors.groupingBy(Inserted::userId));
        return writes.stream()
                .collect(Collectors.toMap(
                        Write::userId,
                        write -> Stored.of(write.rows().size(), inserted.getOrDefault(write.userId(), List.of()))));
    }

    /// Stores interactions of several users.
    Stored insertAll(List<UserInteraction> rows) {
        return Stored.of(rows.size(), rows(rows));
    }

    private List<Inserted> rows(List<UserInteraction> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
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
        announce(inserted);
        return inserted;
    }

    private void announce(List<Inserted> inserted) {
        List<String> users = inserted.stream().map(Inserted::userId).distinct().toList();
        if (!users.isEmpty()) {
            database.announce(Database.Change.HISTORY, users);
        }
    }

    private static <T> SqlArrayValue array(String type, List<T> rows, Function<T, @Nullable Object> column) {
        return new SqlArrayValue(type, rows.stream().map(column).toArray());
    }

    /// Inserts the keys of writes.
    ///
    /// @return users whose keys were not stored before
    private Set<String> claim(List<Write> writes) {
        if (writes.isEmpty()) {
            return Set.of();
        }
        List<Write> sorted =
                writes.stream().sorted(Comparator.comparing(Write::userId)).toList();
        return new HashSet<>(jdbc.sql(claim)
                .param("users", array("varchar", sorted, Write::userId))
                .param("keys", array("varchar", sorted, write -> write.ownKey().key()))
                .param(
                        "hashes",
                        array("varchar", sorted, write -> write.ownKey().requestHash()))
                .query(String.class)
                .list());
    }

    /// Stores the outcomes of writes that have a key.
    private void settle(List<Write> writes, Map<String, Stored> outcomes) {
        List<Object[]> rows = new ArrayList<>();
        for (Write write : writes) {
            Stored stored = outcomes.get(write.userId());
            if (stored != null && write.key().isPresent()) {
                Recorded outcome = stored.outcome();
                rows.add(new Object[] {
                    outcome.recorded(),
                    outcome.duplicates(),
                    write.userId(),
                    write.ownKey().key()
                });
            }
        }
        if (!rows.isEmpty()) {
            batches.batchUpdate(SETTLE, rows);
        }
    }

    /// Returns the outcome of the earlier write with the key of this one.
    ///
    /// @throws IdempotencyConflictException if the earlier write had other contents
    Stored replay(Write write) {
        IdempotencyKey key = write.ownKey();
        return jdbc.sql("""
                select recorded, duplicates from idempotent_write
                where user_id = :user and idempotency_key = :key and request_hash = :hash
                """)
                .param("user", write.userId())
                .param("key", key.key())
                .param("hash", key.requestHash())
                .query((row, _) -> new Stored(new Recorded(row.getInt(1), row.getInt(2), true), List.of(), List.of()))
                .optional()
                .orElseThrow(() -> new IdempotencyConflictException(key.key()));
    }
}
