package io.diffmm.interactions;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Migrates the database schema with Flyway. Retries in the background while the database cannot be reached.
final class SchemaMigration implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaMigration.class);
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final int RETRIES_PER_WARNING = 60;
    private static final int PROBE_TIMEOUT_SECONDS = 5;

    private final DataSource source;
    private final ConnectionProbe probe;
    private final DatabaseCircuitBreaker breaker;
    private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("interactions-migration").factory());
    private int failedRetries; // only on the thread of `retries`

    /// Tests whether the database can be reached.
    @FunctionalInterface
    interface ConnectionProbe {

        /// Returns whether the database answers within this number of seconds.
        ///
        /// @throws SQLException if it cannot be reached
        boolean answers(int seconds) throws SQLException;
    }

    SchemaMigration(DataSource source, ConnectionProbe probe, DatabaseCircuitBreaker breaker) {
        this.source = source;
        this.probe = probe;
        this.breaker = breaker;
    }

    /// Migrates a database that may be unreachable now.
    ///
    /// @throws InteractionsStartException if the database can be reached but not migrated, or refuses the
    ///     credentials
    void begin() {
        try {
            requireReachable();
        } catch (SQLException e) {
            requireUnreachable(e);
            LOG.warn("Interaction database cannot be reached; retrying every second: {}", rootMessage(e));
            long millis = RETRY_INTERVAL.toMillis();
            var _ = retries.scheduleWithFixedDelay(this::retry, millis, millis, TimeUnit.MILLISECONDS);
            return;
        }
        migrate();
    }

    private void requireReachable() throws SQLException {
        if (!probe.answers(PROBE_TIMEOUT_SECONDS)) {
            throw new SQLException("it does not answer");
        }
    }

    /// Fails on SQL states by which a reachable database refuses the credentials (28) or lacks the database (3D): a
    /// retry cannot succeed.
    private static void requireUnreachable(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("28") || state.startsWith("3D")) {
            throw new InteractionsStartException(rootMessage(e), e);
        }
    }

    private void retry() {
        try {
            requireReachable();
            migrate();
            retries.shutdown();
        } catch (SQLException | RuntimeException e) {
            if (++failedRetries % RETRIES_PER_WARNING == 0) {
                LOG.warn("Interaction database still cannot be used; retrying every second: {}", e.getMessage());
            }
        }
    }

    /// Migrates a database that can be reached.
    ///
    /// @throws InteractionsStartException if the migration fails
    void migrate() {
        try {
            Flyway.configure().dataSource(source).load().migrate();
        } catch (FlywayException e) {
            throw new InteractionsStartException(
                    "the schema cannot be migrated: "
                            + String.valueOf(e.getMessage()).strip(),
                    e);
        }
        breaker.markMigrated();
    }

    private static String rootMessage(SQLException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    /// Cancels further retries. A migration in progress is not interrupted.
    @Override
    public void close() {
        retries.shutdown();
    }
}
