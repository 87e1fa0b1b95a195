package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Directory that one process uses exclusively until it closes it or ends.
///
/// Only the user of the process may read and write it: whatever is in it gets served.
final class ExclusiveDirectory implements AutoCloseable {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_ATTRIBUTE =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    private final Path path;
    private final PublisherLock lock;

    private ExclusiveDirectory(Path path, PublisherLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /// Claims the first of `preferred`, `preferred-2`, `preferred-3`, ... that no other process uses.
    ///
    /// @throws UncheckedIOException if it cannot be created or belongs to another user
    static ExclusiveDirectory claim(Path preferred) {
        try {
            for (int number = 1; ; number++) {
                Path path = number == 1
                        ? preferred
                        : preferred.resolveSibling("%s-%d".formatted(preferred.getFileName(), number));
                create(path);
                Optional<PublisherLock> lock = PublisherLock.tryAcquire(path.resolve(ArtifactNames.LOCK));
                if (lock.isPresent()) {
                    return new ExclusiveDirectory(path, lock.get());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use %s: %s".formatted(preferred, e.getMessage()), e);
        }
    }

    /// Creates a directory that only this user may read and write. An existing one must belong to this user.
    ///
    /// @throws IOException if it belongs to another user or is a link
    static void create(Path path) throws IOException {
        Files.createDirectories(path, OWNER_ONLY_ATTRIBUTE);
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("%s is a link; name another directory for copies".formatted(path));
        }
        UserPrincipal owner = Files.getOwner(path);
        if (!owner.equals(ownerOfNewFiles(path))) {
            throw new IOException("%s belongs to %s; name another directory for copies".formatted(path, owner));
        }
        Files.setPosixFilePermissions(path, OWNER_ONLY);
    }

    private static UserPrincipal ownerOfNewFiles(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, ".owner-", "");
        try {
            return Files.getOwner(file);
        } finally {
            Files.delete(file);
        }
    }

    Path path() {
        return path;
    }

    /// Releases the directory for other processes; its files stay.
    @Override
    public void close() throws IOException {
        lock.close();
    }

    /// Lock file of a directory, held by one publisher at a time across all processes and threads.
    static final class PublisherLock implements AutoCloseable {

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
}
