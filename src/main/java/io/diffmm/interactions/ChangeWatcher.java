package io.diffmm.interactions;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears by `LISTEN` whose histories other replicas have changed, over a connection of its own.
///
/// A connection that ends, or does not answer, is made anew; whatever was said meanwhile is lost, so that any
/// history may have changed then.
final class ChangeWatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeWatcher.class);
    private static final Duration SILENCE = Duration.ofSeconds(1);
    private static final Duration BEFORE_NEXT_TRY = Duration.ofMillis(500);
    private static final Duration END = Duration.ofSeconds(5);

    private final Connections connections;
    private final InteractionsListener listener;
    private final Thread thread =
            Thread.ofPlatform().name("interaction-changes").daemon().unstarted(this::run);
    private volatile boolean closed;
    private volatile boolean listening;

    /// Opens connections that nobody else uses.
    @FunctionalInterface
    interface Connections {

        Connection open() throws SQLException;
    }

    ChangeWatcher(Connections connections, InteractionsListener listener) {
        this.connections = connections;
        this.listener = listener;
    }

    /// Starts to listen.
    void start() {
        thread.start();
    }

    /// Whether changes by others are heard now.
    boolean listening() {
        return listening;
    }

    private void run() {
        boolean reported = false;
        while (!closed) {
            try (Connection connection = connections.open()) {
                listen(connection);
                reported = false;
                hear(connection);
            } catch (SQLException | RuntimeException e) {
                listening = false;
                if (!closed && !reported) {
                    LOG.warn("Changes by other replicas are not heard: {}", e.getMessage());
                    reported = true;
                }
                pause();
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + SharedDatabase.CHANNEL);
        }
        listening = true;
        listener.anyMayHaveChanged(); // since nobody listened before
    }

    private void hear(Connection connection) throws SQLException {
        PGConnection channel = connection.unwrap(PGConnection.class);
        while (!closed) {
            @Nullable PGNotification[] heard = channel.getNotifications((int) SILENCE.toMillis());
            if (heard == null || heard.length == 0) {
                requireAlive(connection);
                continue;
            }
            for (PGNotification notification : heard) {
                if (notification != null) {
                    SharedDatabase.hear(notification.getParameter(), listener);
                }
            }
        }
    }

    private static void requireAlive(Connection connection) throws SQLException {
        if (!connection.isValid((int) SILENCE.toSeconds())) {
            throw new SQLException("the connection does not answer");
        }
    }

    private void pause() {
        try {
            Thread.sleep(BEFORE_NEXT_TRY);
        } catch (InterruptedException _) {
            // Only close() interrupts, and it has set `closed` before.
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(END);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
