package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.interactions.Interactions.InteractionsUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.CannotCreateTransactionException;

class DatabaseCircuitBreakerTest {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final DatabaseCircuitBreaker breaker =
            new DatabaseCircuitBreaker(Duration.ofMillis(50), new InteractionsListener() {
                @Override
                public void anyMayHaveChanged() {
                    events.add("any");
                }

                @Override
                public void unavailable() {
                    events.add("unavailable");
                }
            });

    @Test
    void call_beforeMigration_failsWithoutDatabaseAccess() {
        assertUnavailable(this::answered);

        assertThat(calls).hasValue(0);
        assertThat(breaker.available()).isFalse();
        breaker.markMigrated();
        assertThat(breaker.read(this::answered)).isOne();
        assertThat(breaker.available()).isTrue();
        assertThat(events).containsExactly("unavailable", "any");
    }

    @Test
    void call_failsRepeatedly_opensThenClosesTheBreaker() throws Exception {
        breaker.markMigrated();
        for (int time = 0; time < 4; time++) {
            assertUnavailable(this::failed);
        }
        assertThat(breaker.available()).isFalse();
        calls.set(0);

        assertUnavailable(this::answered);
        assertThat(calls).as("while the breaker is open").hasValue(0);

        TimeUnit.MILLISECONDS.sleep(1300);
        events.clear();
        assertThat(breaker.read(this::answered)).isOne();
        breaker.read(this::answered);
        assertThat(breaker.available()).isTrue();
        assertThat(events)
                .as("histories may have changed while the breaker was open")
                .containsExactly("any");
    }

    @Test
    void read_slowRepeatedly_opensTheBreakerOfReadsOnly() {
        breaker.markMigrated();
        for (int time = 0; time < 4; time++) {
            breaker.write(this::slow);
        }
        assertThat(breaker.available()).isTrue();

        for (int time = 0; time < 4; time++) {
            breaker.read(this::slow);
        }

        assertUnavailable(this::answered);
        assertThat(breaker.write(this::slow)).isPositive();
    }

    @Test
    void call_faultyStatement_isThrownAndDoesNotOpenTheBreaker() {
        breaker.markMigrated();
        for (int time = 0; time < 20; time++) {
            assertThatThrownBy(() -> breaker.write(() -> {
                        throw new DataIntegrityViolationException("too long");
                    }))
                    .isInstanceOf(DataIntegrityViolationException.class);
        }
        assertThat(breaker.available()).isTrue();
    }

    @Test
    void call_noTransaction_isAnOutage() {
        breaker.markMigrated();

        assertThatThrownBy(() -> breaker.write(() -> {
                    throw new CannotCreateTransactionException("no connection");
                }))
                .isInstanceOf(InteractionsUnavailableException.class);
    }

    private void assertUnavailable(Supplier<Integer> work) {
        assertThatThrownBy(() -> breaker.read(work))
                .isInstanceOfSatisfying(
                        InteractionsUnavailableException.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(1)));
    }

    private int answered() {
        return calls.incrementAndGet();
    }

    private int failed() {
        throw new DataAccessResourceFailureException("gone");
    }

    private int slow() {
        try {
            TimeUnit.MILLISECONDS.sleep(80);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return calls.incrementAndGet();
    }
}
