package io.diffmm.runtime;

import io.diffmm.runtime.OverloadedException.DropReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Listener that records events in order.
final class RecordingListener implements RuntimeListener {

    private final List<String> heard = new CopyOnWriteArrayList<>();

    /// Returns the recorded events, for example `batch of 1`.
    List<String> heard() {
        return heard;
    }

    @Override
    public void batchComputed(int size) {
        heard.add("batch of " + size);
    }

    @Override
    public void stageComputed(String stage, Duration duration) {
        heard.add(stage);
    }

    @Override
    public void dropped(DropReason reason) {
        heard.add("dropped " + reason);
    }
}
