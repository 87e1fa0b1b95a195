package io.diffmm.interactions;

import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the database's tables to what this program needs; for as long as it cannot be reached, again and again in
/// the background.
final class Preparation implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);
    private static final Duration BEFORE_NEXT_TRY = Duration.ofSeconds(1);
    private static final int TRIES_A_WARNING = 60;
    private static final int PATIENCE_SECONDS = 5;

    private final DataSource source;
    private final Contact contact;
    private final Availability availability;
    private volatile boolean closed;

    /// Tries whether the database is there.
    @FunctionalInterface
    interface Contact {

        /// Whether it answers within so many seconds.
        ///
        /// @throws SQLException saying why it cannot be reached
        boolean answers(int seconds) throws SQLException;
    }

    Preparation(DataSource source, Contact contact, Availability availability) {
        this.source = source;
        this.contact = contact;
        this.availability = availability;
    }

    /// Prepares a database that may be away now.
    ///
    /// @throws InteractionsStartException if it is there and cannot be prepared, or does not let us in
    void begin() {
        try {
            reach();
        } catch (SQLException e) {
            requireAway(e);
            LOG.warn("The store of interactions cannot be reached yet: {}", reason(e));
            Thread.ofVirtual().name("interactions-preparation").start(this::retry);
            return;
        }
        migrate();
    }

    private void reach() throws SQLException {
        if (!contact.answers(PATIENCE_SECONDS)) {
            throw new SQLException("it does not answer");
        }
    }

    /// A database that refuses us is there: waiting does not help.
    private static void requireAway(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("28") || state.startsWith("3D")) {
            throw new InteractionsStartException(reason(e), e);
        }
    }

    private void retry() {
        for (int tries = 1; !closed; tries++) {
            try {
                Thread.sleep(BEFORE_NEXT_TRY);
                reach();
                migrate();
                return;
            } catch (SQLException | InteractionsStartException e) {
                if (tries % TRIES_A_WARNING == 0) {
                    LOG.warn("The store of interactions cannot be used yet: {}", e.getMessage());
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /// Prepares a database that is there.
    ///
    /// @throws InteractionsStartException if it cannot be prepared
    void migrate() {
        try {
            Flyway.configure().dataSource(source).load().migrate();
        } catch (FlywayException e) {
            throw new InteractionsStartException(
                    "the tables cannot be brought up to date: "
                            + String.valueOf(e.getMessage()).strip(),
                    e);
        }
        availability.prepared();
    }

    /// The innermost reason.
    private static String reason(SQLException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        closed = true;
    }
}
