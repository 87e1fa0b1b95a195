package io.diffmm.runtime;

import io.diffmm.model.Recommender;
import java.time.Duration;

/// Measures again and again, on what was asked last, how much of the best an index finds. Does nothing for a
/// model without index.
final class IndexProbe implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(IndexProbe.class.getName());
    private static final Duration END = Duration.ofSeconds(30);

    private final Recommender model;
    private final Duration interval;
    private final RuntimeListener listener;
    private final Thread thread;
    private volatile boolean closing;

    /// Starts to measure.
    IndexProbe(Recommender model, Duration interval, RuntimeListener listener) {
        this.model = model;
        this.interval = interval;
        this.listener = listener;
        this.thread = Thread.ofPlatform().name("index-probe").daemon().start(this::run);
    }

    private void run() {
        while (!closing) {
            try {
                Thread.sleep(interval);
                model.indexRecall().ifPresent(listener::indexProbed);
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "the recall of the index could not be measured", e);
            }
        }
    }

    /// Ends the thread, so that the model may be freed.
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        if (!Uninterruptibly.join(thread, END)) {
            throw new IllegalStateException("the probe of the index did not end within " + END);
        }
    }
}
