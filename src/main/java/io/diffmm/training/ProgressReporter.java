package io.diffmm.training;

import io.diffmm.training.StopSignal.TrainingStoppedException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/// Reports the progress of a run: a line per epoch, and on a terminal a bar with epoch, loss, speed and remaining time.
///
/// The bar is written to standard error, lines to `out`. The reporter also stops the run: [#step] throws after the stop
/// condition becomes true.
final class ProgressReporter implements TrainingRun.StepListener, AutoCloseable {

    /// Carriage return, then erase to the end of the line: removes the bar before a line is printed.
    private static final String WIPE = "\r\u001b[K";

    private final String label;
    private final PrintStream out;
    private final BooleanSupplier stop;
    private final ProgressBar bar;
    private final boolean terminal;
    private final Map<String, Mean> losses = new LinkedHashMap<>();
    private int finished;
    private int epoch;

    /// @param label name of the run, which begins each line; may be empty
    /// @param stop condition that ends the run, evaluated after each step
    /// @param steps number of steps of an epoch
    /// @param finished number of epochs that an earlier run finished
    ProgressReporter(
            String label,
            PrintStream out,
            BooleanSupplier stop,
            boolean terminal,
            IntUnaryOperator steps,
            int epochs,
            int finished) {
        this.label = label;
        this.out = out;
        this.stop = stop;
        this.terminal = terminal;
        this.finished = finished;
        ProgressBarBuilder builder = ProgressBar.builder()
                .setTaskName(label.isEmpty() ? "train" : label)
                .setInitialMax(sum(steps, epochs))
                .startsFrom(sum(steps, finished), Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit("", 1)
                .showSpeed();
        this.bar = terminal
                ? builder.build()
                : builder.setConsumer(new DiscardingConsumer()).build();
    }

    private static long sum(IntUnaryOperator steps, int epochs) {
        return IntStream.rangeClosed(1, epochs).mapToLong(steps::applyAsInt).sum();
    }

    /// Starts an epoch.
    void start(int epoch) {
        losses.clear();
        this.epoch = epoch;
    }

    @Override
    public void step(String stage, float loss) {
        losses.computeIfAbsent(stage, _ -> new Mean()).add(loss);
        bar.step();
        bar.setExtraMessage(" epoch %d loss %.4f".formatted(epoch, loss)); // short: a line has 80 columns
        if (stop.getAsBoolean()) {
            throw new TrainingStoppedException(label, finished);
        }
    }

    /// Ends the epoch and returns the mean loss of each stage.
    Map<String, Double> finish() {
        finished++;
        Map<String, Double> means = new LinkedHashMap<>();
        losses.forEach((stage, mean) -> means.put(stage, mean.value()));
        return means;
    }

    void line(String line) {
        String labelled = label.isEmpty() ? line : label + "  " + line;
        out.println(terminal ? WIPE + labelled : labelled);
    }

    @Override
    public void close() {
        bar.close();
    }

    private static final class Mean {
        private double total;
        private long count;

        void add(float value) {
            total += value;
            count++;
        }

        double value() {
            return total / count;
        }
    }

    /// Discards the bar where output is not a terminal: a log file would contain every redrawn bar.
    private static final class DiscardingConsumer implements ProgressBarConsumer {

        private static final int WIDTH = 80;

        @Override
        public int getMaxRenderedLength() {
            return WIDTH;
        }

        @Override
        public void accept(String rendered) {
            // discarded
        }

        @Override
        public void close() {
            // no resources
        }
    }
}
