package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.interactions.Interactions.Recorded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/// Contract of the store on the embedded database.
class EmbeddedStoreTest extends InteractionStoreContract {

    @TempDir
    private Path directory;

    @Override
    Database.Address address() {
        return new Database.Address.Embedded(directory.resolve("data"));
    }

    @Test
    void open_directoryInUse_isRefused() {
        assertThatThrownBy(() -> TestStores.open(address()))
                .isInstanceOf(InteractionsStartException.class)
                .hasMessageContaining("another server uses")
                .hasMessageContaining("data");
    }

    /// H2 trusts the lock file of a killed server until the file is old enough, which delays the start.
    @Test
    void open_afterAServerWasKilled_waitsForTheLockFile() throws Exception {
        Path killed = Files.createDirectory(directory.resolve("killed"));
        Files.writeString(
                killed.resolve("store.lock.db"),
                "#FileLock\nid=1a20146daf4598bbc445b77d4a0b7ea730e12253a04\nmethod=file\nserver=localhost\\:1\n");

        long start = System.nanoTime();
        try (OpenedStore store = TestStores.open(new Database.Address.Embedded(killed))) {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("longer than requests wait for a connection")
                    .isGreaterThan(
                            TestStores.properties(100, Duration.ofHours(1)).timeout());
            assertThat(store.interactions().activity("u")).isEqualTo(Activity.NONE);
        }
    }

    @Test
    void open_notADirectory_isRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "text");

        assertThatThrownBy(() -> TestStores.open(new Database.Address.Embedded(file)))
                .isInstanceOf(InteractionsStartException.class)
                .hasMessageContaining("cannot be written to");
    }

    @Test
    void open_damagedFile_isRefused() throws Exception {
        Path damaged = Files.createDirectory(directory.resolve("damaged"));
        Files.writeString(damaged.resolve("store.mv.db"), "this is no database".repeat(1000));

        assertThatThrownBy(() -> TestStores.open(new Database.Address.Embedded(damaged)))
                .isInstanceOf(InteractionsStartException.class);
        // The failed start closes everything it has opened.
        Files.delete(damaged.resolve("store.mv.db"));
        try (OpenedStore store = TestStores.open(new Database.Address.Embedded(damaged))) {
            assertThat(store.interactions().record("u", List.of(TestStores.at(1, "a")), Optional.empty()))
                    .isEqualTo(new Recorded(1, 0, false));
        }
    }

    @Test
    void open_directory_deniesOtherAccountsAccess() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("data"))))
                .isEqualTo("rwx------");
    }

    @Test
    void activity_userWithManyInteractions_readsOnlyTheNewest() throws Exception {
        Connection connection = DriverManager.getConnection(address().url(), "sa", "");
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "insert into interaction (user_id, item_id, occurred_at, weight) select 'u', 'i' || \"X\", dateadd(second, \"X\", timestamp with time zone '2026-01-01 00:00:00Z'), 1 from system_range(1, 20000)");
            for (String query : List.of(InteractionStore.LIVE, InteractionStore.PAGE)) {
                ResultSet plan = statement.executeQuery("explain analyze "
                        + query.replaceAll(":(user|hash|item)", "'u'")
                                .replace(":before", "timestamp with time zone '2026-01-01 05:00:00Z'")
                                .replaceAll(":(maxItems|limit)", "400"));
                plan.next();
                assertThat(plan.getString(1)).contains("index sorted").containsPattern("scanCount: 40\\d ");
            }
        }
    }

    @Test
    void liveUsers_manyRows_areReadInPagesByTheKey() throws Exception {
        var source = new DriverManagerDataSource(address().url(), "sa", "");
        JdbcClient jdbc = JdbcClient.create(source);
        jdbc.sql(
                        "insert into interaction (user_id, item_id, occurred_at, weight) select 'u', 'i' || \"X\", current_timestamp, 1 from system_range(1, 25000)")
                .update();
        jdbc.sql(
                        "insert into interaction (user_id, item_id, occurred_at, weight) select 'v' || \"X\", 'i', current_timestamp, 1 from system_range(1, 15000)")
                .update();
        jdbc.sql("insert into removal (user_id, item_id) values ('w', 'i')").update();
        jdbc.sql("insert into erasure (user_hash) values (:hash)")
                .param("hash", InteractionStore.userHash("x"))
                .update();
        Set<Long> found = new HashSet<>();

        LiveUsers.stored(jdbc).read(found::add, () -> true);

        Set<Long> expected = new HashSet<>();
        IntStream.rangeClosed(1, 15000).forEach(number -> expected.add(LiveUsers.hash("v" + number)));
        List.of("u", "w", "x").forEach(user -> expected.add(LiveUsers.hash(user)));
        assertThat(found).isEqualTo(expected);
        for (String page : LiveUsers.PAGES) {
            assertThat(jdbc.sql("explain " + page)
                            .param("after", "a")
                            .param("rows", 10)
                            .query(String.class)
                            .single())
                    .contains("index sorted");
        }
    }
}
