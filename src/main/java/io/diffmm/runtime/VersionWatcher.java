package io.diffmm.runtime;

import java.time.Duration;

/// Looks again and again for another version. Files on a network tell nobody that they have changed.
public final class VersionWatcher implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(VersionWatcher.class.getName());
    private static final Duration END = Duration.ofMinutes(2);

    private final ModelDeployment deployment;
    private final Duration interval;
    private final Thread thread;
    private volatile boolean closing;

    /// One that has not begun.
    ///
    /// @param interval from one look to the next; zero for never
    public VersionWatcher(ModelDeployment deployment, Duration interval) {
        this.deployment = deployment;
        this.interval = interval;
        this.thread = Thread.ofPlatform().name("version-watcher").daemon().unstarted(this::run);
    }

    /// Begins to look.
    public void begin() {
        if (interval.isPositive()) {
            thread.start();
        }
    }

    private void run() {
        while (!closing) {
            try {
                Thread.sleep(interval);
                deployment.check();
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException | Error e) {
                if (!closing) {
                    LOG.log(System.Logger.Level.ERROR, "looking for another version failed", e);
                }
            }
        }
    }

    /// Ends the thread, within two minutes.
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        if (thread.isAlive() && !Uninterruptibly.join(thread, END)) {
            LOG.log(System.Logger.Level.WARNING, "versions were still being looked for when the program ended");
        }
    }
}
