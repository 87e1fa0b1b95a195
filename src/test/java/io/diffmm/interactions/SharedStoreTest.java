package io.diffmm.interactions;

import static io.diffmm.interactions.TestStores.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.NeedsDocker;
import io.diffmm.PostgresContainer;
import io.diffmm.interactions.Interactions.InteractionsUnavailableException;
import io.diffmm.interactions.InteractionsConfiguration.InteractionProperties;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/// Contract of the store on PostgreSQL, and notifications between replicas.
@NeedsDocker
class SharedStoreTest extends InteractionStoreContract {

    private Optional<Database.Address> address = Optional.empty();

    @Override
    Database.Address address() {
        if (address.isEmpty()) {
            address = Optional.of(new Database.Address.Shared(
                    PostgresContainer.newDatabase(), PostgresContainer.user(), PostgresContainer.password()));
        }
        return address.get();
    }

    @Test
    void otherReplica_receivesEveryChange() throws Exception {
        var listener = new EventRecorder();
        try (OpenedStore other = TestStores.open(address());
                OpenedStore writer = TestStores.open(address())) {
            other.interactions().listen(listener);
            awaitListening(writer, listener);

            writer.interactions().record("u1", List.of(at(1, "a")), Optional.empty());
            writer.interactions().record("u1", List.of(at(1, "a")), Optional.empty());
            writer.interactions().remove("u2", "a");
            writer.interactions().erase("u3");

            await(() -> listener.events.contains("changed [u3]"));
            assertThat(listener.events)
                    .contains("changed [u1]", "changed [u2]", "erased [u3]")
                    .doesNotContain("recorded 1 0 []");
            assertThat(other.interactions().erased("u3")).isTrue();
            assertThat(other.interactions().available()).isTrue();
        }
    }

    @Test
    void absent_userStoredByAnotherReplica_isFalseWithinTheLimit() throws Exception {
        try (OpenedStore other = TestStores.open(address());
                OpenedStore writer = TestStores.open(address())) {
            Interactions reader = other.interactions();
            await(() -> reader.absent("u9"));
            await(() -> writer.interactions().available());
            for (int number = 0; number < 50; number++) {
                String user = "u1" + number;
                assertThat(reader.absent(user)).isTrue();
                writer.interactions().record(user, List.of(at(1, "a")), Optional.empty());
                assertThat(writer.interactions().absent(user)).isFalse();
                long written = System.nanoTime();
                await(() -> !reader.absent(user));
                assertThat(Duration.ofNanos(System.nanoTime() - written)).isLessThan(Duration.ofSeconds(2));
            }
        }
    }

    @Test
    void known_userChangedByAnotherReplica_isReadAgainWithinTheLimit() throws Exception {
        try (OpenedStore other = TestStores.open(address());
                OpenedStore writer = TestStores.open(address())) {
            Interactions reader = other.interactions();
            await(() -> reader.available() && writer.interactions().available());
            writer.interactions().record("u1", List.of(at(0, "i")), Optional.empty());
            for (int number = 1; number <= 50; number++) {
                await(() -> !reader.activity("u1").live().isEmpty());
                int before = reader.activity("u1").live().size();
                writer.interactions().record("u1", List.of(at(number, "i" + number)), Optional.empty());
                long written = System.nanoTime();
                assertThat(writer.interactions().activity("u1").live()).hasSize(before + 1);
                await(() -> reader.activity("u1").live().size() > before);
                assertThat(Duration.ofNanos(System.nanoTime() - written)).isLessThan(Duration.ofSeconds(2));
            }
        }
    }

    @Test
    void known_connectionLost_isReadAgain() throws Exception {
        try (OpenedStore other = TestStores.open(address())) {
            Interactions reader = other.interactions();
            await(reader::available);
            reader.record("u1", List.of(at(1, "a")), Optional.empty());
            reader.activity("u1");
            assertThat(reader.known("u1")).isPresent();
            execute(insert("u1").replace("'a'", "'b'"));

            execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid()");

            await(() -> reader.known("u1").isEmpty());
            await(() -> reader.available() && reader.activity("u1").live().size() == 2);
            assertThat(reader.known("u1").orElseThrow().live()).hasSize(2);
        }
    }

    /// A replica reports its own changes to its listeners once, not again on their notification.
    @Test
    void ownChanges_areReportedOnce() throws Exception {
        var listener = new EventRecorder();
        try (OpenedStore store = TestStores.open(address());
                OpenedStore other = TestStores.open(address())) {
            await(() -> store.interactions().available());
            store.interactions().listen(listener);

            store.interactions().record("u1", List.of(at(1, "a")), Optional.empty());
            awaitListening(other, listener); // received after the notification of the store's own write

            assertThat(listener.events).containsOnlyOnce("changed [u1]");
        }
    }

    @Test
    void absent_connectionLost_isFalseUntilTheUsersAreLoadedAgain() throws Exception {
        var listener = new EventRecorder();
        try (OpenedStore other = TestStores.open(address())) {
            Interactions reader = other.interactions();
            await(() -> reader.absent("silent"));
            reader.listen(listener);
            execute("insert into interaction (user_id, item_id, occurred_at, weight) values ('silent', 'a', now(), 1)");
            assertThat(reader.absent("silent")).as("no notification").isTrue();

            execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid()");

            await(() -> listener.events.contains("any"));
            assertThat(reader.absent("silent")).isFalse();
            await(() -> reader.absent("u9"));
            assertThat(reader.absent("silent")).isFalse();
        }
    }

    /// The first write waits for a row that another transaction holds; the others form one group
    /// meanwhile.
    @Test
    void record_manyUsersConcurrently_areOneTransactionAndNotification() throws Exception {
        try (OpenedStore store = patientStore();
                var listening = connect();
                var blocking = connect()) {
            await(() -> store.interactions().available());
            listening.createStatement().execute("listen diffmm_interactions");
            blocking.setAutoCommit(false);
            blocking.createStatement().execute(insert("u0"));
            List<Thread> writes = new ArrayList<>();
            for (int user = 0; user <= 10; user++) {
                String name = "u" + user;
                writes.add(Thread.ofVirtual()
                        .start(() -> store.interactions().record(name, List.of(at(1, "a")), Optional.empty())));
                await(() -> writes.getLast().getState() == Thread.State.TIMED_WAITING && aLockIsAwaited());
            }
            blocking.rollback();
            for (Thread write : writes) {
                assertThat(write.join(Duration.ofSeconds(20))).isTrue();
            }

            List<String> messages = Stream.of(
                            listening.unwrap(PGConnection.class).getNotifications(1000))
                    .map(PGNotification::getParameter)
                    .toList();
            assertThat(messages).hasSize(2);
            assertThat(messages.getFirst().lines())
                    .hasSize(3)
                    .startsWith("HISTORY")
                    .endsWith("u0");
            assertThat(messages.getLast().lines()).hasSize(12).contains("u1", "u10");
        }
    }

    /// Returns a store in which writes wait longer than this test may take on a busy machine.
    private OpenedStore patientStore() {
        InteractionProperties usual = TestStores.properties(100, Duration.ofHours(24));
        return OpenedStore.open(
                address(),
                new InteractionProperties(
                        usual.directory(),
                        usual.maxHistory(),
                        usual.clockSkew(),
                        usual.maxWeight(),
                        usual.idempotencyRetention(),
                        usual.connections(),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20)));
    }

    private boolean aLockIsAwaited() {
        return JdbcClient.create(new DriverManagerDataSource(
                        address().url(), address().user(), address().password()))
                .sql(
                        "select count(*) > 0 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                .query(Boolean.class)
                .single();
    }

    private static String insert(String user) {
        return "insert into interaction (user_id, item_id, occurred_at, weight) values ('%s', 'a', '%s', 1)"
                .formatted(user, at(1, "a").occurredAt());
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                address().url(), address().user(), address().password());
    }

    private void execute(String sql) throws Exception {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Writes until the other replica receives a change.
    private static void awaitListening(OpenedStore writer, EventRecorder listener) throws Exception {
        await(() -> {
            writer.interactions().record("probe", List.of(at(0, "p")), Optional.empty());
            return listener.events.contains("changed [probe]");
        });
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void open_wrongCredentials_isRefused_unreachableIsNot() {
        var address = (Database.Address.Shared) address();
        assertThatThrownBy(() -> TestStores.open(new Database.Address.Shared(address.url(), address.user(), "wrong")))
                .isInstanceOf(InteractionsStartException.class)
                .hasMessageContaining("password");
        assertThatThrownBy(() -> TestStores.open(
                        new Database.Address.Shared(address.url() + "nope", address.user(), address.password())))
                .isInstanceOf(InteractionsStartException.class)
                .hasMessageContaining("nope");
        assertThatThrownBy(() -> new Database.Address.Shared("jdbc:postgresql://u:secret@localhost/x", "", ""))
                .isInstanceOf(InteractionsStartException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> new Database.Address.Shared("jdbc:h2:mem:x", "", ""))
                .isInstanceOf(InteractionsStartException.class);
        try (OpenedStore away =
                TestStores.open(new Database.Address.Shared("jdbc:postgresql://localhost:1/x", "u", "p"))) {
            assertThat(away.interactions().available()).isFalse();
            assertThatThrownBy(() -> away.interactions().activity("u1"))
                    .isInstanceOf(InteractionsUnavailableException.class);
        }
    }
}
