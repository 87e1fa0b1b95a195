package io.diffmm.interactions;

import static io.diffmm.interactions.TestStores.at;
import static io.diffmm.interactions.TestStores.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.interactions.Activity.LiveItem;
import io.diffmm.interactions.ActivityCache.Rows;
import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.InteractionInserts.Stored;
import io.diffmm.interactions.InteractionInserts.Write;
import io.diffmm.interactions.Interactions.Recorded;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessResourceFailureException;

/// The cache against a map in place of the database.
class ActivityCacheTest {

    private static final int MAX_ROWS = 4;
    private static final List<String> USERS = List.of("u0", "u1", "u2");

    private final Map<String, Rows> database = new HashMap<>(); // guarded by itself
    private final AtomicBoolean current = new AtomicBoolean(true);

    /// Runs within each query and transaction, before and after it takes effect.
    private Runnable meanwhile = () -> {};

    private final ActivityCache cache = new ActivityCache(this::query, MAX_ROWS, current::get, 1_000);

    private Rows query(String user) {
        meanwhile.run();
        Rows rows = stored(user);
        meanwhile.run();
        return rows;
    }

    private Rows stored(String user) {
        synchronized (database) {
            Rows all = database.getOrDefault(user, new Rows(List.of(), Set.of(), false));
            return new Rows(all.live().subList(0, Math.min(MAX_ROWS, all.live().size())), all.removed(), all.erased());
        }
    }

    /// Adds rows in the order of the query: by time and item, both descending.
    private void insert(String user, List<Interaction> interactions) {
        synchronized (database) {
            Rows old = database.getOrDefault(user, new Rows(List.of(), Set.of(), false));
            var rows = new TreeSet<>(Comparator.comparing(LiveItem::occurredAt)
                    .thenComparing(LiveItem::itemId)
                    .reversed());
            rows.addAll(old.live());
            rows.addAll(live(interactions.toArray(Interaction[]::new)));
            database.put(user, new Rows(List.copyOf(rows), old.removed(), old.erased()));
        }
    }

    private void removeItem(String user, String item) {
        synchronized (database) {
            Rows old = database.getOrDefault(user, new Rows(List.of(), Set.of(), false));
            var removed = new TreeSet<>(old.removed());
            removed.add(item);
            List<LiveItem> rest = old.live().stream()
                    .filter(row -> !row.itemId().equals(item))
                    .toList();
            database.put(user, new Rows(rest, removed, old.erased()));
        }
    }

    private void erase(String user) {
        synchronized (database) {
            database.put(user, new Rows(List.of(), Set.of(), true));
        }
    }

    /// Writes as the queue does.
    private void record(String user, Interaction... interactions) {
        Write write = write(user, interactions);
        cache.record(List.of(write), () -> {
            meanwhile.run();
            insert(user, List.of(interactions));
            meanwhile.run();
            return List.of(Optional.of(new Stored(new Recorded(1, 0, false), List.of(user), List.of())));
        });
    }

    private static Write write(String user, Interaction... interactions) {
        return new Write(
                user,
                List.of(interactions).stream()
                        .map(interaction -> new UserInteraction(user, interaction))
                        .toList(),
                Optional.empty());
    }

    @Test
    void record_cachedUser_isFoundWithoutAQuery() {
        insert("u0", List.of(at(1, "a"), at(2, "b")));
        assertThat(cache.find("u0")).isEmpty();
        cache.get("u0");

        record("u0", at(3, "a"), at(4, "c"));

        Activity expected = new Activity(live(at(4, "c"), at(3, "a"), at(2, "b")), Set.of(), false);
        assertThat(cache.find("u0")).contains(expected);
        record("u0", at(3, "a"), at(0, "d"));
        assertThat(cache.find("u0")).as("beyond the limit").contains(expected);
    }

    @Test
    void record_equalTimes_areReadAgain() {
        insert("u0", List.of(at(1, "a")));
        cache.get("u0");

        record("u0", at(1, "b"));

        assertThat(cache.find("u0")).isEmpty();
        assertThat(cache.get("u0").live()).isEqualTo(live(at(1, "b"), at(1, "a")));
    }

    /// A transaction that fails may be committed.
    @Test
    void record_thatFails_isReadAgain() {
        cache.get("u0");

        assertThatThrownBy(() -> cache.record(List.of(write("u0", at(1, "a"))), () -> {
                    insert("u0", List.of(at(1, "a")));
                    throw new DataAccessResourceFailureException("away");
                }))
                .isInstanceOf(DataAccessResourceFailureException.class);

        assertThat(cache.find("u0")).isEmpty();
    }

    @Test
    void record_notStored_isReadAgain() {
        cache.get("u0");

        cache.record(List.of(write("u0", at(1, "a"))), () -> List.of(Optional.empty()));

        assertThat(cache.find("u0")).isEmpty();
    }

    @Test
    void changesNotReceived_cacheIsNotUsed() {
        cache.get("u0");
        current.set(false);
        insert("u0", List.of(at(1, "a")));

        assertThat(cache.find("u0")).isEmpty();
        assertThat(cache.get("u0").live()).hasSize(1);
        assertThat(cache.get("u1")).isEqualTo(Activity.NONE);

        cache.anyMayHaveChanged();
        current.set(true);
        assertThat(USERS).allMatch(user -> cache.find(user).isEmpty());
    }

    /// Changes begin and end within each other in any order; those of another replica are received late.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void anyChanges_equalTheDatabase(long seed) {
        var random = new SplittableRandom(seed);
        Queue<String> notifications = new ArrayDeque<>();
        meanwhile = nested(random, notifications, 3);
        for (int step = 0; step < 100; step++) {
            change(random, notifications);
            for (String user : USERS) {
                if (!notifications.contains(user)) {
                    assertThat(cache.find(user))
                            .isIn(Optional.empty(), Optional.of(stored(user).activity()));
                }
            }
        }
        meanwhile = () -> {};
        notifications.forEach(user -> cache.changed(List.of(user)));
        for (String user : USERS) {
            assertThat(cache.get(user)).isEqualTo(stored(user).activity());
        }
    }

    /// Returns a task that makes changes, within which there are further ones up to a depth.
    private Runnable nested(SplittableRandom random, Queue<String> notifications, int depth) {
        return () -> {
            Runnable outer = meanwhile;
            meanwhile = depth == 0 ? () -> {} : nested(random, notifications, depth - 1);
            for (int count = random.nextInt(3); count > 0; count--) {
                change(random, notifications);
            }
            meanwhile = outer;
        };
    }

    /// Makes a change or a read on this replica, or a change on another one that this one receives later.
    private void change(SplittableRandom random, Queue<String> notifications) {
        String user = USERS.get(random.nextInt(USERS.size()));
        String item = "i" + random.nextInt(4);
        Interaction[] some = IntStream.range(0, 1 + random.nextInt(3))
                .mapToObj(_ -> at(random.nextInt(30), "i" + random.nextInt(4)))
                .toArray(Interaction[]::new);
        switch (random.nextInt(10)) {
            case 0 -> {
                removeItem(user, item);
                meanwhile.run();
                cache.changed(List.of(user));
            }
            case 1 -> {
                erase(user);
                cache.changed(List.of(user));
            }
            case 2 -> {
                notifications.add(user); // before the change, so that the user counts as changed
                if (random.nextBoolean()) {
                    removeItem(user, item);
                } else {
                    insert(user, List.of(some));
                }
            }
            case 3 -> Optional.ofNullable(notifications.poll()).ifPresent(late -> cache.changed(List.of(late)));
            case 4, 5, 6 -> record(user, some);
            default -> cache.get(user);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void anyThreads_equalTheDatabase(long seed) throws Exception {
        meanwhile = Thread::yield;
        List<Future<?>> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int number = 0; number < 4; number++) {
                var random = new SplittableRandom(seed * 4 + number);
                ends.add(threads.submit(() -> {
                    Queue<String> notifications = new ConcurrentLinkedQueue<>();
                    for (int step = 0; step < 500; step++) {
                        change(random, notifications);
                    }
                    notifications.forEach(user -> cache.changed(List.of(user)));
                }));
            }
        }
        for (Future<?> end : ends) {
            end.get();
        }

        for (String user : USERS) {
            assertThat(cache.get(user)).isEqualTo(stored(user).activity());
        }
    }
}
