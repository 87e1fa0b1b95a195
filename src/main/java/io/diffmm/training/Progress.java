package io.diffmm.training;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// What a person sees of a run: on a terminal a bar with epoch, loss, speed and time left; lines everywhere.
///
/// The bar goes to standard error, lines to `out`. It also stops the run: a step that ends after the stop signal
/// throws.
final class Progress implements TrainingRun.StepListener, AutoCloseable {

    /// Carriage return, then erase to the end of the line: wipes the bar before a line is printed.
    private static final String WIPE = "\r\u001b[K";

    private final PrintStream out;
    private final BooleanSupplier stop;
    private final ProgressBar bar;
    private final boolean terminal;
    private final Map<String, Mean> losses = new LinkedHashMap<>();
    private int finished;
    private int epoch;

    Progress(PrintStream out, BooleanSupplier stop, boolean terminal, int stepsPerEpoch, int epochs, int finished) {
        this.out = out;
        this.stop = stop;
        this.terminal = terminal;
        this.finished = finished;
        ProgressBarBuilder builder = ProgressBar.builder()
                .setTaskName("train")
                .setInitialMax((long) stepsPerEpoch * epochs)
                .startsFrom((long) stepsPerEpoch * finished, Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit("", 1)
                .showSpeed();
        this.bar =
                terminal ? builder.build() : builder.setConsumer(new Nowhere()).build();
    }

    /// A new epoch begins.
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
            throw new TrainingStoppedException(finished);
        }
    }

    /// The epoch is over; returns the mean loss of each stage.
    Map<String, Double> meanLosses() {
        finished++;
        Map<String, Double> means = new LinkedHashMap<>();
        losses.forEach((stage, mean) -> means.put(stage, mean.value()));
        return means;
    }

    void line(String line) {
        out.println(terminal ? WIPE + line : line);
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
}
