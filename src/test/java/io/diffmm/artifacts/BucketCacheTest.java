package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketCacheTest {

    private static final List<StoredObject> OBJECTS =
            List.of(new StoredObject("v/a", 1, "1"), new StoredObject("v/b", 1, "2"), new StoredObject("v/c", 1, "3"));

    @TempDir
    private Path root;

    private final List<String> downloaded = new ArrayList<>();
    private boolean isAway;
    private BucketCache cache;

    @BeforeEach
    void claim() {
        cache = new BucketCache(OwnDirectory.claim(root.resolve("cache")));
    }

    @Test
    void fetch_afterADownloadFailed_goesOnWhereItEnded() {
        isAway = true;
        assertThatThrownBy(() -> fetch("v1")).isInstanceOf(UncheckedIOException.class);
        isAway = false;

        assertThat(fetch("v1")).isDirectoryContaining("glob:**/c");

        assertThat(downloaded).containsExactly("a", "b", "c", "c");
    }

    @Test
    void retain_keepsTheFolderThatWasFetched_notWhatBeginsLikeIt() {
        Path kept = fetch("v1");
        Path other = fetch("v1.5");

        cache.retain(Set.of("v1"));

        assertThat(kept).exists();
        assertThat(other).doesNotExist();
    }

    private Path fetch(String version) {
        return cache.fetch(version, OBJECTS, version, this::download);
    }

    private void download(StoredObject object, Path file) {
        downloaded.add(object.name());
        try {
            Files.write(file, new byte[isAway && object.name().equals("c") ? 0 : 1]);
            if (Files.size(file) != object.bytes()) {
                throw new IOException("the store is away");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
