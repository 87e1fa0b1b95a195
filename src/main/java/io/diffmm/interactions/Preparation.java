package io.diffmm.interactions;

import java.sql.Connection;
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

    private final DataSource source;
    private final Availability availability;
    private volatile boolean closed;

    Preparation(DataSource source, Availability availability) {
        this.source = source;
        this.availability = availability;
    }

    /// Prepares a database that has to be there.
    ///
    /// @throws InteractionsStartException if it cannot be opened or prepared
    void require() {
        try {
            connect();
        } catch (SQLException e) {
            throw new InteractionsStartException(reason(e), e);
        }
        migrate();
    }

    /// Prepares a database that may be away now.
    ///
    /// @throws InteractionsStartException if it is there and cannot be prepared
    void begin() {
        try {
            connect();
        } catch (SQLException e) {
            LOG.warn("The store of interactions cannot be reached yet: {}", reason(e));
            Thread.ofVirtual().name("interactions-preparation").start(this::retry);
            return;
        }
        migrate();
    }

    private void retry() {
        while (!closed && !availability.available()) {
            try {
                Thread.sleep(BEFORE_NEXT_TRY);
                connect();
                migrate();
            } catch (SQLException e) {
                LOG.debug("The store of interactions cannot be reached yet", e);
            } catch (InteractionsStartException e) {
                LOG.error("Live interactions cannot be kept: {}", e.getMessage());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void connect() throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.getMetaData();
        }
    }

    private void migrate() {
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

    /// The innermost reason: the pool says only that it waited in vain.
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
