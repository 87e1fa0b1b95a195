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

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final DatabaseCircuitBreaker breaker = new DatabaseCircuitBreaker(Duration.ofMillis(50), new InteractionsListener() {
        @Override
        public void anyMayHaveChanged() {
            heard.add("any");
        }

        @Override
        public void unavailable() {
            heard.add("unavailable");
        }
    });

    @Test
    void call_beforeTheTablesAreThere_isRefusedUnasked() {
        assertUnavailable(this::answered);

        assertThat(asked).hasValue(0);
        assertThat(breaker.available()).isFalse();
        breaker.markMigrated();
        assertThat(breaker.read(this::answered)).isOne();
        assertThat(breaker.available()).isTrue();
        assertThat(heard).containsExactly("unavailable", "any");
    }

    @Test
    void call_failsAgainAndAgain_isLeftAloneThenTriedAgain() throws Exception {
        breaker.markMigrated();
        for (int time = 0; time < 4; time++) {
            assertUnavailable(this::failed);
        }
        assertThat(breaker.available()).isFalse();
        asked.set(0);

        assertUnavailable(this::answered);
        assertThat(asked).as("while it is left alone").hasValue(0);

        TimeUnit.MILLISECONDS.sleep(1300);
        heard.clear();
        assertThat(breaker.read(this::answered)).isOne();
        breaker.read(this::answered);
        assertThat(breaker.available()).isTrue();
        assertThat(heard).as("answers were given without it").containsExactly("any");
    }

    @Test
    void read_slowAgainAndAgain_isLeftAlone_writesAreNot() {
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
    void call_faultOfAStatement_isThrownAndSaysNothingOfTheDatabase() {
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
        return asked.incrementAndGet();
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
        return asked.incrementAndGet();
    }
}
