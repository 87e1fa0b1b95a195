package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lock file of a directory, held by one publisher at a time across all processes and threads.
final class PublisherLock implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final FileChannel channel;

    private PublisherLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Waits for the lock.
    ///
    /// @throws IllegalStateException if another publisher does not finish within `timeout`
    static PublisherLock acquire(Path file, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<PublisherLock> lock = tryAcquire(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new IllegalStateException("another publisher has held %s for %d s; try again when it is done"
                        .formatted(file, timeout.toSeconds()));
            }
            pause();
        }
    }

    /// Takes the lock; empty if another publisher holds it.
    static Optional<PublisherLock> tryAcquire(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (tryLock(channel)) {
                return Optional.of(new PublisherLock(channel));
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this process
        }
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for another publisher", e);
        }
    }

    /// Releases the lock; its file stays.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
