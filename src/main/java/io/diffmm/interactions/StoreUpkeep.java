package io.diffmm.interactions;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Forgets from time to time what need not be known any more.
final class StoreUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreUpkeep.class);
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private final Availability availability;
    private final InteractionStore store;
    private final Duration retention;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("interactions-upkeep").daemon().factory());

    /// @param retention age at which keys of writes are forgotten
    StoreUpkeep(Availability availability, InteractionStore store, Duration retention) {
        this.availability = availability;
        this.store = store;
        this.retention = retention;
        long minutes = INTERVAL.toMinutes();
        var _ = clock.scheduleWithFixedDelay(this::tidyOrSay, minutes, minutes, TimeUnit.MINUTES);
    }

    private void tidyOrSay() {
        try {
            tidy();
        } catch (RuntimeException e) {
            LOG.warn("The store of interactions could not be tidied up: {}", e.getMessage());
        }
    }

    /// Forgets the keys of old writes.
    void tidy() {
        availability.write(() -> store.forgetKeys(retention));
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
