package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;

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
}
