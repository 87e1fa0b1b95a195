package io.diffmm.interactions;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tidies the store up from time to time.
final class StoreUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreUpkeep.class);
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private final OpenedStore store;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("interactions-upkeep").daemon().factory());

    StoreUpkeep(OpenedStore store) {
        this.store = store;
        long minutes = INTERVAL.toMinutes();
        var _ = clock.scheduleWithFixedDelay(this::tidy, minutes, minutes, TimeUnit.MINUTES);
    }

    private void tidy() {
        try {
            store.tidy();
        } catch (RuntimeException e) {
            LOG.warn("The store of interactions could not be tidied up: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
