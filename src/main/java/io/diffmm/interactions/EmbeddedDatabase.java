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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.dao.DataAccessResourceFailureException;

/// H2 database in this process, stored in a file. Other processes on this machine, such as a training job, may
/// connect to read.
final class EmbeddedDatabase implements Database {

    static final String USER = "sa";

    /// Maximum time that a commit waits for its flush to the disk.
    static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(30);

    private static final String FILE = "store";
    private static final String SETTINGS =
            ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;AUTO_SERVER=TRUE";

    private final Connection connection;
    private final GroupCommit groupCommit = new GroupCommit(this::checkpoint);

    /// @param connection used for flushing only
    EmbeddedDatabase(Connection connection) {
        this.connection = connection;
    }

    private void checkpoint() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("checkpoint sync");
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("committed interactions may not be on disk", e);
        }
    }

    /// Returns the URL of the database in `directory`.
    ///
    /// @throws InteractionsStartException if the path contains a semicolon, which ends the path in an H2 URL
    static String url(Path directory) {
        String path = directory.toAbsolutePath().normalize().resolve(FILE).toString();
        if (path.contains(";")) {
            throw new InteractionsStartException(
                    "diffmm.interactions.directory is %s; its path must not contain a semicolon".formatted(directory));
        }
        // Other processes connect through a socket; the loopback address keeps other machines out.
        if (System.getProperty("h2.bindAddress") == null) {
            System.setProperty("h2.bindAddress", "127.0.0.1");
        }
        return "jdbc:h2:file:" + path + SETTINGS;
    }

    @Override
    public String insertReturning(String insert, String columns) {
        return "select %s from final table (%s)".formatted(columns, insert);
    }

    /// Returns the queries as they are: a union of them takes several times as long.
    @Override
    public List<String> queries(List<String> queries) {
        return queries;
    }

    /// Does nothing: only one replica uses an embedded database.
    @Override
    public void announce(Change change, List<String> userIds) {}

    /// Does nothing: there are no notifications.
    @Override
    public void failed() {}

    @Override
    public void flush() {
        groupCommit.await();
    }

    /// Group commit: one flush at a time, which serves all commits that preceded its start.
    static final class GroupCommit {

        private final Runnable flush;
        private final AtomicLong commits = new AtomicLong();
        private final ReentrantLock lock = new ReentrantLock();
        private long flushed; // number of commits on disk; guarded by lock

        GroupCommit(Runnable flush) {
            this.flush = flush;
        }

        /// Blocks until the caller's commit is on disk.
        ///
        /// @throws DataAccessResourceFailureException if that takes longer than 30 seconds, or the thread
        ///     is interrupted
        void await() {
            long own = commits.incrementAndGet();
            acquire();
            try {
                if (flushed < own) {
                    long all = commits.get();
                    flush.run();
                    flushed = all;
                }
            } finally {
                lock.unlock();
            }
        }

        private void acquire() {
            try {
                if (!lock.tryLock(FLUSH_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                    throw new DataAccessResourceFailureException(
                            "commit was not flushed to disk within " + FLUSH_TIMEOUT);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DataAccessResourceFailureException("interrupted while waiting for the flush of a commit", e);
            }
        }
    }

    /// Exclusive lock of the directory of an embedded database.
    ///
    /// A second server would not be notified of the first one's changes, so only one may use the directory.
    /// Its permissions deny other accounts access: it contains the key of the running database, which
    /// grants full access.
    static final class DirectoryLock implements AutoCloseable {

        private static final String LOCK_FILE = "server.lock";

        private final FileChannel channel;

        private DirectoryLock(FileChannel channel) {
            this.channel = channel;
        }

        /// Creates the directory if it does not exist, and locks it.
        ///
        /// @throws InteractionsStartException if another server holds the lock, or the directory is not
        ///     writable
        static DirectoryLock acquire(Path directory) {
            try {
                Files.createDirectories(directory);
                if (Files.getFileStore(directory).supportsFileAttributeView(PosixFileAttributeView.class)) {
                    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
                }
                FileChannel channel = FileChannel.open(
                        directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (!isLocked(channel)) {
                    channel.close();
                    throw new InteractionsStartException("another server uses %s".formatted(directory));
                }
                return new DirectoryLock(channel);
            } catch (IOException e) {
                throw new InteractionsStartException("%s cannot be written to (%s)".formatted(directory, e), e);
            }
        }

        private static boolean isLocked(FileChannel channel) throws IOException {
            try {
                FileLock lock = channel.tryLock();
                return lock != null;
            } catch (OverlappingFileLockException _) { // held by this process
                return false;
            }
        }

        /// Releases the lock.
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
