package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
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
