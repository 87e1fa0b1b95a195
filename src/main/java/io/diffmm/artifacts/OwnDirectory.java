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

/// A directory that this process has for itself: nobody else may write in it, for who does decides what is served, and
/// no other process uses it until it is closed or the process ends.
final class OwnDirectory implements AutoCloseable {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> CREATED_SO =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);

    private final Path path;
    private final PublisherLock lock;

    private OwnDirectory(Path path, PublisherLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /// Takes the first of `wanted`, `wanted-2`, `wanted-3`, ... that no other process has.
    ///
    /// @throws UncheckedIOException if it cannot be created, or is somebody else's
    static OwnDirectory claim(Path wanted) {
        try {
            for (int number = 1; ; number++) {
                Path path =
                        number == 1 ? wanted : wanted.resolveSibling("%s-%d".formatted(wanted.getFileName(), number));
                create(path);
                Optional<PublisherLock> lock = PublisherLock.tryAcquire(path.resolve(".lock"));
                if (lock.isPresent()) {
                    return new OwnDirectory(path, lock.get());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use %s: %s".formatted(wanted, e.getMessage()), e);
        }
    }

    /// Creates a directory in which only this user may read and write. One that is there must be this user's.
    ///
    /// @throws IOException if it is somebody else's
    static void create(Path path) throws IOException {
        Files.createDirectories(path, CREATED_SO);
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("%s is a link; name another directory for copies".formatted(path));
        }
        UserPrincipal owner = Files.getOwner(path);
        if (!owner.equals(self(path))) {
            throw new IOException("%s belongs to %s; name another directory for copies".formatted(path, owner));
        }
        Files.setPosixFilePermissions(path, OWNER_ONLY);
    }

    /// Whoever a new file belongs to.
    private static UserPrincipal self(Path directory) throws IOException {
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

    /// Lets other processes have it; what is in it stays.
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
