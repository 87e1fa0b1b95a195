package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.Bucket.StoredObject;
import io.diffmm.artifacts.BucketRepository.BucketCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
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
        cache = new BucketCache(ExclusiveDirectory.claim(root.resolve("cache")));
    }

    @Test
    void fetch_afterADownloadFailed_resumes() {
        isAway = true;
        assertThatThrownBy(() -> fetch("v1")).isInstanceOf(UncheckedIOException.class);
        isAway = false;

        assertThat(fetch("v1")).isDirectoryContaining("glob:**/c");

        assertThat(downloaded).containsExactly("a", "b", "c", "c");
    }

    @Test
    void fetch_byTwoThreads_ofOneVersionOneAfterTheOther_ofTwoAtOnce() throws Exception {
        assertThat(maxConcurrent("v1", "v1")).isOne();
        assertThat(maxConcurrent("v2", "v3")).isEqualTo(2);
    }

    /// Returns the maximum number of concurrent downloads of two versions that one thread each fetches.
    private int maxConcurrent(String one, String another) throws Exception {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(2)) {
            List<Future<Path>> fetched = new ArrayList<>();
            for (String version : List.of(one, another)) {
                fetched.add(threads.submit(() -> cache.fetch(version, OBJECTS, version, (object, file) -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    pause();
                    write(file, 1);
                    now.decrementAndGet();
                })));
            }
            List<Path> folders = new ArrayList<>();
            for (Future<Path> folder : fetched) {
                folders.add(folder.get());
            }
            assertThat(folders).allSatisfy(folder -> assertThat(folder).isDirectoryContaining("glob:**/c"));
        }
        return most.get();
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, int bytes) {
        try {
            Files.write(file, new byte[bytes]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void retain_keepsTheFetchedFolder_notThoseWithItsPrefix() {
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
        boolean fails = isAway && object.name().equals("c");
        write(file, fails ? 0 : 1);
        if (fails) {
            throw new UncheckedIOException(new IOException("the store is away"));
        }
    }
}
