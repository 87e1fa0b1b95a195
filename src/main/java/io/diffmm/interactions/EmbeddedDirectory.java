package io.diffmm.interactions;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/// The folder of an embedded database. One server has it for itself: a second one would not hear of its changes. No
/// other account may look into it: who can read the key of the running database, which lies there, can do everything
/// with it.
final class EmbeddedDirectory implements AutoCloseable {

    private static final String LOCK = "server.lock";

    private final FileChannel channel;

    private EmbeddedDirectory(FileChannel channel) {
        this.channel = channel;
    }

    /// Makes the folder if it is not there, and takes it.
    ///
    /// @throws InteractionsStartException if another server has it, or it cannot be written to
    static EmbeddedDirectory take(Path directory) {
        try {
            Files.createDirectories(directory);
            if (Files.getFileStore(directory).supportsFileAttributeView(PosixFileAttributeView.class)) {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
            FileChannel channel =
                    FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isLocked(channel)) {
                channel.close();
                throw new InteractionsStartException("another server uses %s".formatted(directory));
            }
            return new EmbeddedDirectory(channel);
        } catch (IOException e) {
            throw new InteractionsStartException("%s cannot be written to (%s)".formatted(directory, e), e);
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException _) { // by this process
            return false;
        }
    }

    /// Gives it back.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
