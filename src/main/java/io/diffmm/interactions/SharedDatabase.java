package io.diffmm.interactions;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;

/// PostgreSQL database shared by several replicas, which notify each other of changed histories by `NOTIFY`.
///
/// A message consists of lines: the [Change], the origin, then the user ids, which cannot contain a control
/// character. The origin identifies the transactions of a replica between two failures. A replica ignores
/// messages with its current origin, since it reports its own changes to its listeners itself. A
/// transaction that seems to fail may be committed later, so every failure begins a new origin. Messages
/// that an operator sends need no origin.
final class SharedDatabase implements Database {

    private static final String CHANNEL = "diffmm_interactions";

    /// Maximum length of a message; PostgreSQL accepts less than 8,000 bytes.
    private static final int MAX_MESSAGE_BYTES = 7_900;

    private static final String SEPARATOR = "\n";

    /// First character of an origin, which no user id contains.
    private static final String ORIGIN_MARK = "\u0001";

    private final JdbcClient jdbc;
    private volatile String origin = newOrigin();

    SharedDatabase(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String insertReturning(String insert, String columns) {
        return "%s returning %s".formatted(insert, columns);
    }

    /// Returns one union, which needs one round trip.
    @Override
    public List<String> queries(List<String> queries) {
        return List.of("(%s) order by 2 desc, 1 desc".formatted(String.join(") union all (", queries)));
    }

    @Override
    public void announce(Change change, List<String> userIds) {
        jdbc.sql("""
                select pg_notify(:channel, message)
                from unnest(cast(:messages as varchar array)) as given (message)
                """)
                .param("channel", CHANNEL)
                .param(
                        "messages",
                        new SqlArrayValue("varchar", messages(change, userIds).toArray()))
                .query((_, _) -> true)
                .list();
    }

    private static String newOrigin() {
        return ORIGIN_MARK + UUID.randomUUID();
    }

    @Override
    public void failed() {
        origin = newOrigin();
    }

    /// Does nothing: PostgreSQL flushes each commit to disk.
    @Override
    public void flush() {}

    /// Encodes users in as few messages as possible.
    List<String> messages(Change change, List<String> userIds) {
        String head = change.name() + SEPARATOR + origin;
        List<String> messages = new ArrayList<>();
        var message = new StringBuilder(head);
        int bytes = message.length();
        for (String user : userIds) {
            int more = SEPARATOR.length() + user.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + more > MAX_MESSAGE_BYTES) {
                messages.add(message.toString());
                message = new StringBuilder(head);
                bytes = message.length();
            }
            message.append(SEPARATOR).append(user);
            bytes += more;
        }
        messages.add(message.toString());
        return messages;
    }

    /// Decodes a message and calls the listener, unless this replica has reported the change. An erasure is reported
    /// again: this replica has not done so if it did not receive the outcome of its transaction.
    ///
    /// @throws IllegalArgumentException if the message does not begin with a [Change]
    void dispatch(String message, InteractionsListener listener) {
        List<String> lines = Arrays.asList(message.split(SEPARATOR, -1));
        int head = lines.size() > 1 && lines.get(1).startsWith(ORIGIN_MARK) ? 2 : 1;
        List<String> users = lines.subList(head, lines.size());
        boolean own = head == 2 && lines.get(1).equals(origin);
        switch (Change.valueOf(lines.getFirst())) {
            case HISTORY -> {
                if (!own) {
                    listener.changed(users);
                }
            }
            case ERASURE -> {
                listener.erased(users);
                listener.changed(users);
            }
        }
    }

    /// Receives the changes of other replicas by `LISTEN`, on a separate connection and thread.
    ///
    /// Replaces a connection that breaks or does not answer, which it notices within 1.5 seconds.
    /// Messages sent meanwhile are lost, so [InteractionsListener#anyMayHaveChanged] is called twice:
    /// when the loss is noticed, for answers computed until then, and by each new connection.
    static final class ChangeSubscriber implements AutoCloseable {

        private static final Logger LOG = LoggerFactory.getLogger(ChangeSubscriber.class);
        private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
        private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);
        private static final Duration RECONNECT_DELAY = Duration.ofMillis(500);
        private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

        private final SharedDatabase database;
        private final Connections connections;
        private final InteractionsListener listener;
        private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("interaction-changes").daemon().factory());
        private boolean failureReported; // only on the executor's thread
        private volatile boolean closed;
        private volatile boolean listening;

        /// Opens connections outside the pool.
        @FunctionalInterface
        interface Connections {

            Connection open() throws SQLException;
        }

        ChangeSubscriber(SharedDatabase database, Connections connections, InteractionsListener listener) {
            this.database = database;
            this.connections = connections;
            this.listener = listener;
        }

        /// Starts to receive changes in the background.
        void start() {
            var _ = executor.scheduleWithFixedDelay(
                    this::receiveUntilFailure, 0, RECONNECT_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        }

        /// Returns whether changes of other replicas are being received.
        boolean listening() {
            return listening;
        }

        private void receiveUntilFailure() {
            try (Connection connection = connections.open()) {
                listen(connection);
                failureReported = false;
                receive(connection);
            } catch (SQLException | RuntimeException e) {
                lost(e);
            }
        }

        private void lost(Exception failure) {
            boolean received = listening;
            listening = false;
            if (closed) {
                return;
            }
            if (!failureReported) {
                LOG.warn("Changes of other replicas are not received; reconnecting: {}", failure.getMessage());
                failureReported = true;
            }
            if (received) {
                listener.anyMayHaveChanged();
            }
        }

        private void listen(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("listen " + CHANNEL);
            }
            listener.anyMayHaveChanged(); // earlier messages were not received
            listening = true; // last: until then nothing relies on messages
        }

        private void receive(Connection connection) throws SQLException {
            PGConnection channel = connection.unwrap(PGConnection.class);
            while (!closed) {
                @Nullable PGNotification[] received = channel.getNotifications((int) POLL_INTERVAL.toMillis());
                if (received == null || received.length == 0) {
                    requireAlive(connection);
                    continue;
                }
                for (PGNotification notification : received) {
                    if (notification != null) {
                        database.dispatch(notification.getParameter(), listener);
                    }
                }
            }
        }

        private static void requireAlive(Connection connection) throws SQLException {
            if (!connection.isValid((int) PROBE_TIMEOUT.toSeconds())) {
                throw new SQLException("the connection does not answer");
            }
        }

        @Override
        public void close() {
            closed = true;
            executor.shutdownNow();
            try {
                var _ = executor.awaitTermination(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
