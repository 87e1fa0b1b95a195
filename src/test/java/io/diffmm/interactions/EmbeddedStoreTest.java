package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The embedded database.
class EmbeddedStoreTest extends InteractionStoreContract {

    @TempDir
    private Path directory;

    @Override
    DatabaseAddress address() {
        return new DatabaseAddress.Embedded(directory.resolve("data"));
    }

    @Test
    void open_directoryInUse_isRefused() {
        assertThatThrownBy(() -> TestStores.open(address()))
                .isInstanceOf(InteractionsStartException.class)
                .hasMessageContaining("another server uses")
                .hasMessageContaining("data");
    }

    /// Until it is old, nobody knows whether the file that says who has the database open still speaks the truth.
    @Test
    void open_afterAServerThatWasKilled_takesItsTime() throws Exception {
        Path killed = Files.createDirectory(directory.resolve("killed"));
        Files.writeString(
                killed.resolve("interactions.lock.db"),
                "#FileLock\nid=1a20146daf4598bbc445b77d4a0b7ea730e12253a04\nmethod=file\nserver=localhost\\:1\n");

        long start = System.nanoTime();
        try (LiveStore store = TestStores.open(new StoreAddress.Embedded(killed))) {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("longer than requests wait for a connection")
                    .isGreaterThan(TestStores.properties(100).timeout());
            assertThat(store.interactions().activity("u")).isEqualTo(Activity.NONE);
        }
    }

    @Test
    void open_notADirectory_isRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "text");

        assertThatThrownBy(() -> TestStores.open(new DatabaseAddress.Embedded(file)))
                .isInstanceOf(InteractionsStartException.class)
                .hasMessageContaining("cannot be written to");
    }

    @Test
    void open_damagedFile_isRefused() throws Exception {
        Path damaged = Files.createDirectory(directory.resolve("damaged"));
        Files.writeString(damaged.resolve("interactions.mv.db"), "this is no database".repeat(1000));

        assertThatThrownBy(() -> TestStores.open(new DatabaseAddress.Embedded(damaged)))
                .isInstanceOf(InteractionsStartException.class);
        // What was opened until then is closed again.
        Files.delete(damaged.resolve("interactions.mv.db"));
        try (OpenedStore store = TestStores.open(new DatabaseAddress.Embedded(damaged))) {
            assertThat(store.interactions().record("u", List.of(TestStores.at(1, "a")), Optional.empty()))
                    .isEqualTo(new Recorded(1, 0, false));
        }
    }
}
