package io.diffmm.training;

import me.tongfei.progressbar.ProgressBarConsumer;

/// Takes a progress bar where nobody could see it move: output that is not a terminal.
final class Nowhere implements ProgressBarConsumer {

    private static final int WIDTH = 80;

    @Override
    public int getMaxRenderedLength() {
        return WIDTH;
    }

    @Override
    public void accept(String rendered) {
        // Not shown: a log file would hold every redrawing of the bar.
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
