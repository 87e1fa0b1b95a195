package io.diffmm.interactions;

import io.diffmm.interactions.Interactions.InteractionsUnavailableException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.transaction.TransactionException;

/// Circuit breakers for reads and writes of the database: requests fail at once, instead of waiting, while the
/// database fails or responds too slowly.
final class DatabaseCircuitBreaker {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCircuitBreaker.class);
    private static final Duration OPEN_DURATION = Duration.ofSeconds(1);
    private static final int WINDOW_CALLS = 20;
    private static final int MIN_CALLS = 4;
    private static final int HALF_OPEN_CALLS = 2;
    private static final float THRESHOLD_PERCENT = 50;

    private final CircuitBreaker reads;
    private final CircuitBreaker writes;
    private final InteractionsListener listener;
    private volatile boolean migrated;

    /// @param slowRead duration from which a read counts as failed
    DatabaseCircuitBreaker(Duration slowRead, InteractionsListener listener) {
        this.listener = listener;
        this.reads = breaker(
                "reads", settings().slowCallDurationThreshold(slowRead).slowCallRateThreshold(THRESHOLD_PERCENT));
        this.writes = breaker("writes", settings());
    }

    private static CircuitBreakerConfig.Builder settings() {
        return CircuitBreakerConfig.custom()
                .slidingWindowSize(WINDOW_CALLS)
                .minimumNumberOfCalls(MIN_CALLS)
                .failureRateThreshold(THRESHOLD_PERCENT)
                .waitDurationInOpenState(OPEN_DURATION)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(HALF_OPEN_CALLS)
                .recordException(DatabaseCircuitBreaker::isOutage);
    }

    private CircuitBreaker breaker(String name, CircuitBreakerConfig.Builder settings) {
        CircuitBreaker breaker = CircuitBreaker.of(name, settings.build());
        breaker.getEventPublisher()
                .onStateTransition(
                        event -> changed(name, event.getStateTransition().getToState()));
        return breaker;
    }

    private void changed(String name, State state) {
        if (state == State.OPEN) {
            LOG.warn("Circuit breaker for interaction {} opened; retrying every second", name);
        }
        if (state == State.CLOSED) {
            LOG.info("Circuit breaker for interaction {} closed; the database answers again", name);
            listener.anyMayHaveChanged(); // recommendations were computed without the database meanwhile
        }
    }

    /// Admits calls from now on: the database has its schema.
    void markMigrated() {
        migrated = true;
        listener.anyMayHaveChanged();
    }

    /// Returns whether both reads and writes are admitted.
    boolean available() {
        return migrated && reads.getState() != State.OPEN && writes.getState() != State.OPEN;
    }

    /// Reads from the database.
    ///
    /// @throws InteractionsUnavailableException if the database cannot be reached, or the circuit breaker is open
    <T> T read(Supplier<T> work) {
        return call(reads, work);
    }

    /// Writes to the database.
    ///
    /// @throws InteractionsUnavailableException if the database cannot be reached, or the circuit breaker is open
    <T> T write(Supplier<T> work) {
        return call(writes, work);
    }

    private <T> T call(CircuitBreaker breaker, Supplier<T> work) {
        if (!migrated) {
            throw unavailable();
        }
        try {
            return breaker.executeSupplier(work);
        } catch (CallNotPermittedException _) {
            throw unavailable();
        } catch (DataAccessException | TransactionException e) {
            if (!isOutage(e)) {
                throw e;
            }
            LOG.debug("Interaction database call failed", e);
            throw unavailable();
        }
    }

    private InteractionsUnavailableException unavailable() {
        listener.unavailable();
        return new InteractionsUnavailableException(OPEN_DURATION);
    }

    /// Returns whether a failure is one of the database. A faulty statement is not: it does not predict the next
    /// call.
    private static boolean isOutage(Throwable failure) {
        return (failure instanceof DataAccessException || failure instanceof TransactionException)
                && !(failure instanceof DataIntegrityViolationException)
                && !(failure instanceof BadSqlGrammarException);
    }
}
