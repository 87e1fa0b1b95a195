package io.diffmm.interactions;

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

/// Whether the database is asked at all: one that fails, or takes too long, is left alone for a moment, so that
/// requests need not wait for it.
final class Availability {

    private static final Logger LOG = LoggerFactory.getLogger(Availability.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int LAST_CALLS = 20;
    private static final int LEAST_CALLS = 4;
    private static final int TRIALS = 2;
    private static final float HALF = 50;

    private final CircuitBreaker reads;
    private final CircuitBreaker writes;
    private final InteractionsListener listener;
    private volatile boolean prepared;

    /// @param slowRead a read that takes longer counts as failed
    Availability(Duration slowRead, InteractionsListener listener) {
        this.listener = listener;
        this.reads =
                breaker("reads", settings().slowCallDurationThreshold(slowRead).slowCallRateThreshold(HALF));
        this.writes = breaker("writes", settings());
    }

    private static CircuitBreakerConfig.Builder settings() {
        return CircuitBreakerConfig.custom()
                .slidingWindowSize(LAST_CALLS)
                .minimumNumberOfCalls(LEAST_CALLS)
                .failureRateThreshold(HALF)
                .waitDurationInOpenState(PAUSE)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(TRIALS)
                .recordException(Availability::isOutage);
    }

    private CircuitBreaker breaker(String what, CircuitBreakerConfig.Builder settings) {
        CircuitBreaker breaker = CircuitBreaker.of(what, settings.build());
        breaker.getEventPublisher()
                .onStateTransition(
                        event -> changed(what, event.getStateTransition().getToState()));
        return breaker;
    }

    private void changed(String what, State state) {
        if (state == State.OPEN) {
            LOG.warn(
                    "The store of interactions does not take {}; it is left alone for a moment, again and again", what);
        }
        if (state == State.CLOSED) {
            LOG.info("The store of interactions takes {} again", what);
            listener.anyMayHaveChanged(); // answers were given without it
        }
    }

    /// From now on the database has its tables.
    void prepared() {
        prepared = true;
        listener.anyMayHaveChanged();
    }

    /// Whether it is asked.
    boolean available() {
        return prepared && reads.getState() != State.OPEN && writes.getState() != State.OPEN;
    }

    /// Reads from the database.
    ///
    /// @throws InteractionsUnavailableException if it cannot be reached, or is being left alone
    <T> T read(Supplier<T> work) {
        return call(reads, work);
    }

    /// Writes to the database.
    ///
    /// @throws InteractionsUnavailableException if it cannot be reached, or is being left alone
    <T> T write(Supplier<T> work) {
        return call(writes, work);
    }

    private <T> T call(CircuitBreaker breaker, Supplier<T> work) {
        if (!prepared) {
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
            LOG.debug("The store of interactions was asked in vain", e);
            throw unavailable();
        }
    }

    private InteractionsUnavailableException unavailable() {
        listener.unavailable();
        return new InteractionsUnavailableException(PAUSE);
    }

    /// Faults of a statement are ours, and say nothing of the next one.
    private static boolean isOutage(Throwable failure) {
        return (failure instanceof DataAccessException || failure instanceof TransactionException)
                && !(failure instanceof DataIntegrityViolationException)
                && !(failure instanceof BadSqlGrammarException);
    }
}
