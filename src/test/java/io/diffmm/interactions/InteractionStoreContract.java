package io.diffmm.interactions;

import static io.diffmm.interactions.TestStores.NOON;
import static io.diffmm.interactions.TestStores.at;
import static io.diffmm.interactions.TestStores.live;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.interactions.Interaction.InteractionPage;
import io.diffmm.interactions.Interaction.UserInteraction;
import io.diffmm.interactions.Interactions.IdempotencyConflictException;
import io.diffmm.interactions.Interactions.IdempotencyKey;
import io.diffmm.interactions.Interactions.Recorded;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;

/// Contract of the interaction store on every database.
abstract class InteractionStoreContract {

    private static final Optional<IdempotencyKey> NO_KEY = Optional.empty();

    private OpenedStore store;
    private Interactions interactions;
    private final EventRecorder listener = new EventRecorder();

    /// Returns the address of a new database for each test.
    abstract Database.Address address();

    @BeforeEach
    void open() {
        store = TestStores.open(address());
        interactions = store.interactions();
        interactions.listen(listener);
        awaitAvailable();
        listener.events.clear();
        listener.atOnce.clear();
    }

    /// Waits until changes of other replicas are received.
    private void awaitAvailable() {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!interactions.available()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void record_newInteractions_areReadNewestFirst() {
        Recorded outcome = interactions.record("u1", List.of(at(1, "a"), at(3, "c"), at(2, "b")), NO_KEY);

        assertThat(outcome).isEqualTo(new Recorded(3, 0, false));
        assertThat(interactions.activity("u1"))
                .isEqualTo(new Activity(live(at(3, "c"), at(2, "b"), at(1, "a")), Set.of(), false));
        assertThat(interactions.activity("u2")).isEqualTo(Activity.NONE);
        assertThat(listener.atOnce).startsWith("changed [u1]", "recorded 3 0 []");
    }

    @Test
    void known_userWhoWasRead_containsTheNextWriteAtOnce() {
        interactions.record("u1", List.of(at(1, "a")), NO_KEY);
        interactions.activity("u1");

        interactions.record("u1", List.of(at(2, "b")), NO_KEY);

        Activity expected = new Activity(live(at(2, "b"), at(1, "a")), Set.of(), false);
        assertThat(interactions.known("u1")).contains(expected);
        interactions.remove("u1", "a");
        assertThat(interactions.known("u1")).isEmpty();
    }

    @Test
    void record_storedInteractions_countAsDuplicates() {
        interactions.record("u1", List.of(at(1, "a"), at(2, "b")), NO_KEY);

        Recorded outcome = interactions.record("u1", List.of(at(2, "b"), at(3, "b"), at(1, "c"), at(1, "c")), NO_KEY);

        assertThat(outcome).isEqualTo(new Recorded(2, 2, false));
        assertThat(interactions.activity("u1").live()).isEqualTo(live(at(3, "b"), at(1, "c"), at(1, "a")));
    }

    @Test
    void record_manyUsers_notifiesOfUsersWithNewRows() {
        interactions.record("u1", List.of(at(1, "a")), NO_KEY);
        listener.atOnce.clear();

        interactions.record(List.of(new UserInteraction("u1", at(1, "a")), new UserInteraction("u2", at(1, "a"))));
        interactions.record("u1", List.of(at(1, "a")), NO_KEY);

        assertThat(listener.atOnce).containsExactly("changed [u2]", "recorded 1 1 []", "changed []", "recorded 0 1 []");
    }

    @Test
    void record_allFields_areReadUnchanged() {
        Interaction whole = new Interaction("ä/ö \uD83D\uDE00'\"", NOON, 0.25, Optional.of("v-1.abc"));

        interactions.record("u1", List.of(whole), NO_KEY);

        assertThat(interactions.page("u1", Optional.empty(), 10).interactions()).containsExactly(whole);
        assertThat(listener.events).contains("recorded 1 0 [v-1.abc]");
    }

    @Test
    void record_duplicateWithRecommendationId_isNotCountedTwice() {
        Interaction followed = new Interaction("a", NOON, 1, Optional.of("v-1.abc"));
        interactions.record("u1", List.of(followed), NO_KEY);
        listener.atOnce.clear();

        interactions.record("u1", List.of(followed, at(1, "b")), NO_KEY);

        assertThat(listener.atOnce).contains("recorded 1 1 []");
    }

    @Test
    void record_sameKeyAndBody_isReplayed() {
        Recorded first = interactions.record("u1", List.of(at(1, "a"), at(2, "b")), key("k", "body"));
        listener.events.clear();

        Recorded again = interactions.record("u1", List.of(at(7, "a"), at(8, "b")), key("k", "body"));

        assertThat(first).isEqualTo(new Recorded(2, 0, false));
        assertThat(again).isEqualTo(new Recorded(2, 0, true));
        assertThat(interactions.activity("u1").live()).isEqualTo(live(at(2, "b"), at(1, "a")));
        // The first write may have been committed although it seemed to fail.
        assertThat(listener.events).containsOnly("changed [u1]");
    }

    @Test
    void record_sameKeyOfAnotherUser_isNew() {
        interactions.record("u1", List.of(at(1, "a")), key("k", "body"));

        assertThat(interactions.record("u2", List.of(at(1, "a")), key("k", "body")))
                .isEqualTo(new Recorded(1, 0, false));
    }

    @Test
    void record_sameKeyOtherBody_isRefusedAndNothingStored() {
        interactions.record("u1", List.of(at(1, "a")), key("k", "body"));

        assertThatThrownBy(() -> interactions.record("u1", List.of(at(2, "b")), key("k", "another")))
                .isInstanceOf(IdempotencyConflictException.class)
                .hasMessageContaining("'k'");
        assertThat(interactions.activity("u1").live()).isEqualTo(live(at(1, "a")));
        assertThat(interactions.available()).isTrue();
    }

    @Test
    void record_sameKeyConcurrently_isStoredOnce() throws Exception {
        List<Recorded> outcomes =
                atOnce(8, number -> interactions.record("u1", List.of(at(number, "a")), key("k", "body")));

        assertThat(outcomes).filteredOn(outcome -> !outcome.replayed()).hasSize(1);
        assertThat(outcomes).allMatch(outcome -> outcome.recorded() == 1);
        assertThat(interactions.page("u1", Optional.empty(), 10).interactions()).hasSize(1);
    }

    /// Outcomes of writes that share transactions, of which one cannot be stored and one is repeated.
    @Test
    void record_manyUsersConcurrently_eachHasItsOwnOutcome() throws Exception {
        interactions.record("u0", List.of(at(1, "a")), key("k", "body"));
        interactions.record("u1", List.of(at(1, "a")), NO_KEY);

        List<String> outcomes = atOnce(24, number -> {
            String user = "u" + number;
            Optional<IdempotencyKey> key = number % 3 == 0 ? key("k", "body") : NO_KEY;
            String item = number == 2 ? "i".repeat(300) : "a";
            try {
                Recorded outcome = interactions.record(user, List.of(at(1, item), at(2, item)), key);
                return "%d %d %s".formatted(outcome.recorded(), outcome.duplicates(), outcome.replayed());
            } catch (DataIntegrityViolationException e) {
                return "refused";
            }
        });

        assertThat(outcomes).startsWith("1 0 true", "1 1 false", "refused", "2 0 false");
        assertThat(outcomes.subList(3, 24)).containsOnly("2 0 false");
        for (int number = 3; number < 24; number++) {
            assertThat(interactions.activity("u" + number).live()).isEqualTo(live(at(2, "a")));
        }
        assertThat(interactions.record("u3", List.of(at(9, "z")), key("k", "body")))
                .isEqualTo(new Recorded(2, 0, true));
    }

    @Test
    void record_manyWritersOfTheSameRows_storeEachOnce() throws Exception {
        List<UserInteraction> rows = IntStream.range(0, 400)
                .mapToObj(number -> new UserInteraction("u" + number % 40, at(number, "i" + number % 7)))
                .toList();

        List<Recorded> outcomes = atOnce(8, number -> {
            List<UserInteraction> shuffled = new ArrayList<>(rows);
            java.util.Collections.shuffle(shuffled, new java.util.Random(number));
            return interactions.record(shuffled);
        });

        assertThat(outcomes.stream().mapToInt(Recorded::recorded).sum()).isEqualTo(400);
        assertThat(outcomes.stream().mapToInt(Recorded::duplicates).sum()).isEqualTo(7 * 400);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyWrites_equalAMap(long seed) {
        var random = new SplittableRandom(seed);
        TreeMap<String, TreeSet<String>> expected = new TreeMap<>(); // user to "second item"
        for (int write = 0; write < 20; write++) {
            String user = "u" + random.nextInt(3);
            TreeSet<String> own = expected.computeIfAbsent(user, _ -> new TreeSet<>());
            switch (random.nextInt(6)) {
                case 0 -> {
                    String item = "i" + random.nextInt(4);
                    interactions.remove(user, item);
                    own.removeIf(row -> row.endsWith(" " + item));
                }
                case 1 -> {
                    interactions.erase(user);
                    own.clear();
                }
                default -> {
                    List<Interaction> some = IntStream.range(0, 1 + random.nextInt(5))
                            .mapToObj(_ -> at(random.nextInt(10), "i" + random.nextInt(4)))
                            .toList();
                    interactions.record(user, some, NO_KEY);
                    some.forEach(one -> own.add(row(one)));
                }
            }
            assertThat(interactions.activity(user).live().stream().map(InteractionStoreContract::row))
                    .isEqualTo(latest(own));
        }
        expected.forEach((user, rows) ->
                assertThat(all(user, 1 + random.nextInt(4))).containsExactlyElementsOf(rows.descendingSet()));
    }

    /// Returns the latest row of each item, newest first.
    private static List<String> latest(NavigableSet<String> rows) {
        Set<String> items = new HashSet<>();
        return rows.descendingSet().stream()
                .filter(row -> items.add(row.substring(row.indexOf(' '))))
                .toList();
    }

    /// Row that sorts by time, then item.
    private static String row(Interaction interaction) {
        return "%s %s".formatted(interaction.occurredAt(), interaction.itemId());
    }

    private static String row(Activity.LiveItem item) {
        return "%s %s".formatted(item.occurredAt(), item.itemId());
    }

    /// Returns every interaction, read page by page.
    private List<String> all(String user, int limit) {
        List<String> all = new ArrayList<>();
        Optional<InteractionPage.Position> after = Optional.empty();
        do {
            InteractionPage page = interactions.page(user, after, limit);
            page.interactions().forEach(interaction -> all.add(row(interaction)));
            assertThat(page.interactions().size()).isLessThanOrEqualTo(limit);
            after = page.next();
        } while (after.isPresent());
        return all;
    }

    @Test
    void remove_knownOrUnknownItem_isStored() {
        interactions.record("u1", List.of(at(1, "a"), at(2, "a"), at(3, "b")), NO_KEY);

        interactions.remove("u1", "a");
        interactions.remove("u1", "a");
        interactions.remove("u1", "z");

        assertThat(interactions.activity("u1")).isEqualTo(new Activity(live(at(3, "b")), Set.of("a", "z"), false));
        assertThat(listener.events).contains("changed [u1]");
    }

    @Test
    void remove_thenNewInteraction_counts() {
        interactions.remove("u1", "a");

        interactions.record("u1", List.of(at(1, "a")), NO_KEY);

        assertThat(interactions.activity("u1").live()).isEqualTo(live(at(1, "a")));
    }

    @Test
    void erase_keepsOnlyTheErasure() throws Exception {
        interactions.record("u1", List.of(at(1, "a")), key("k", "body"));
        interactions.record("u2", List.of(at(1, "a")), NO_KEY);
        interactions.remove("u1", "b");

        interactions.erase("u1");
        interactions.erase("u1");

        assertThat(interactions.activity("u1")).isEqualTo(new Activity(List.of(), Set.of(), true));
        assertThat(interactions.activity("u2").live()).hasSize(1);
        assertThat(dump()).doesNotContain("u1").contains("u2");
    }

    /// Returns the contents of all tables.
    private String dump() throws Exception {
        StringBuilder text = new StringBuilder();
        try (var connection = java.sql.DriverManager.getConnection(
                        address().url(), address().user(), address().password());
                var statement = connection.createStatement()) {
            for (String table : List.of("interaction", "removal", "erasure", "idempotent_write")) {
                try (var rows = statement.executeQuery("select * from " + table)) {
                    while (rows.next()) {
                        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                            text.append(rows.getString(column)).append('|');
                        }
                    }
                }
            }
        }
        return text.toString();
    }

    @Test
    void activity_moreThanTheLimit_isTheNewest() {
        List<Interaction> many = IntStream.range(0, 1000)
                .mapToObj(number -> at(number, "i" + number))
                .toList();
        interactions.record("u1", many, NO_KEY);

        List<Activity.LiveItem> live = interactions.activity("u1").live();

        assertThat(live).hasSize(400); // four rows for each of the 100 items of a history
        assertThat(live.getFirst().itemId()).isEqualTo("i999");
        assertThat(live.getLast().itemId()).isEqualTo("i600");
    }

    @Test
    void deleteExpired_oldKeys_areDeleted() {
        interactions.record("u1", List.of(at(1, "a")), key("k", "body"));

        store.retentionJob().deleteExpired();
        assertThat(interactions
                        .record("u1", List.of(at(2, "a")), key("k", "body"))
                        .replayed())
                .isTrue();

        store.close();
        store = TestStores.open(address(), Duration.ZERO);
        store.retentionJob().deleteExpired();
        assertThat(store.interactions()
                        .record("u1", List.of(at(2, "a")), key("k", "body"))
                        .replayed())
                .isFalse();
    }

    @Test
    void erased_survivesARestart() {
        assertThat(interactions.erased("u1")).isFalse();

        interactions.erase("u1");

        assertThat(interactions.erased("u1")).isTrue();
        store.close();
        open();
        assertThat(interactions.erased("u1")).isTrue();
        assertThat(interactions.erased("u2")).isFalse();
    }

    @Test
    void absent_usersWithData_isFalse_alsoAfterARestart() {
        awaitAbsent("u9");
        assertThat(List.of("u1", "u2", "u3")).allMatch(interactions::absent);

        interactions.record("u1", List.of(at(1, "a")), NO_KEY);
        interactions.remove("u2", "a");
        interactions.erase("u3");
        interactions.record(List.of(new UserInteraction("u4", at(1, "a"))));

        List<String> written = List.of("u1", "u2", "u3", "u4");
        assertThat(written).noneMatch(interactions::absent);
        store.close();
        open();
        assertThat(written).noneMatch(interactions::absent);
        awaitAbsent("u9");
        assertThat(written).noneMatch(interactions::absent);
    }

    /// A retry may be the first write by which this replica learns of a user that another replica has stored.
    @Test
    void absent_duplicateWrite_isFalse() throws Exception {
        awaitAbsent("u1");
        try (var connection = java.sql.DriverManager.getConnection(
                        address().url(), address().user(), address().password());
                var statement = connection.createStatement()) {
            statement.execute(
                    "insert into interaction (user_id, item_id, occurred_at, weight) values ('u1', 'a', '%s', 1)"
                            .formatted(at(1, "a").occurredAt()));
        }

        assertThat(interactions.record("u1", List.of(at(1, "a")), NO_KEY)).isEqualTo(new Recorded(0, 1, false));

        assertThat(interactions.absent("u1")).isFalse();
    }

    /// Waits until the users are loaded.
    private void awaitAbsent(String user) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!interactions.absent(user)) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void write_thatFails_notifiesOfItsUsers() {
        var tooLong = new Interaction("i".repeat(300), NOON, 1, Optional.empty());

        assertThatThrownBy(() -> interactions.record("u1", List.of(tooLong), NO_KEY))
                .isInstanceOf(DataIntegrityViolationException.class);

        assertThat(listener.atOnce).containsExactly("changed [u1]");
        assertThat(interactions.available()).isTrue();
    }

    @Test
    void reopen_keepsAllData() {
        interactions.record("u1", List.of(at(1, "a")), key("k", "body"));
        interactions.remove("u1", "b");
        store.close();

        open();

        assertThat(interactions.activity("u1")).isEqualTo(new Activity(live(at(1, "a")), Set.of("b"), false));
        assertThat(interactions
                        .record("u1", List.of(at(2, "a")), key("k", "body"))
                        .replayed())
                .isTrue();
    }

    private static Optional<IdempotencyKey> key(String key, String body) {
        return Optional.of(IdempotencyKey.of(key, body.getBytes(StandardCharsets.UTF_8)));
    }

    private static <T> List<T> atOnce(int count, java.util.function.IntFunction<T> write) throws Exception {
        try (var threads = Executors.newFixedThreadPool(count)) {
            List<Callable<T>> calls = IntStream.range(0, count)
                    .<Callable<T>>mapToObj(number -> () -> write.apply(number))
                    .toList();
            List<T> outcomes = new ArrayList<>();
            for (Future<T> outcome : threads.invokeAll(calls)) {
                outcomes.add(outcome.get());
            }
            return outcomes;
        }
    }

    /// Listener that records its events.
    static final class EventRecorder implements InteractionsListener {

        /// All events; `atOnce` has those on the thread of the test, which exclude notifications by the
        /// database.
        final List<String> events = new CopyOnWriteArrayList<>();

        final List<String> atOnce = new CopyOnWriteArrayList<>();
        private final Thread test = Thread.currentThread();

        @Override
        public void changed(Collection<String> userIds) {
            add("changed " + userIds);
        }

        @Override
        public void erased(Collection<String> userIds) {
            add("erased " + userIds);
        }

        @Override
        public void anyMayHaveChanged() {
            add("any");
        }

        @Override
        public void recorded(int recorded, int duplicates, List<String> recommendationIds) {
            add(Stream.of(recorded, duplicates, recommendationIds)
                    .map(String::valueOf)
                    .reduce("recorded", (left, right) -> left + " " + right));
        }

        private void add(String event) {
            events.add(event);
            if (Thread.currentThread().equals(test)) {
                atOnce.add(event);
            }
        }
    }
}
