package io.diffmm.model;

import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/// Runs all benchmarks in one process and prints each figure next to its lower bound.
public final class EngineReport {

    private static final String RECOMMEND = "EngineBenchmark.recommend";

    private EngineReport() {}

    /// Runs the benchmarks.
    ///
    /// @param arguments regular expression that selects benchmarks; empty for all
    public static void main(String[] arguments) throws IOException, RunnerException {
        var options = new OptionsBuilder()
                .include(arguments.length == 0 ? "io.diffmm" : arguments[0])
                .forks(1)
                .warmupIterations(2)
                .warmupTime(TimeValue.seconds(4)) // Java compiles on the cores that are measured
                .measurementIterations(3)
                .measurementTime(TimeValue.seconds(1))
                .build();
        print(new Runner(options).run());
    }

    private static void print(Collection<RunResult> results) throws IOException {
        double product = milliseconds(results, "EngineBenchmark.product");
        double dense = milliseconds(results, "EngineBenchmark.denseLoopOfOneUser");
        if (Double.isNaN(product) || Double.isNaN(dense)) {
            return; // not all were chosen
        }
        try (var model = new PublishedModel()) {
            double each = (double) EngineBenchmark.Product.ROWS * model.width() * model.items();
            double floor = model.multiplyAdds() * product / each;
            System.out.printf(
                    Locale.ROOT,
                    "%n%.0f GFLOP/s; floor of a user %.3f ms (%.1f million multiply-adds); dense loop of one user %.2f ms%n%n",
                    2 * each / product / 1e6,
                    floor,
                    model.multiplyAdds() / 1e6,
                    dense);
            System.out.println("| batch | precision | ms | ms a user | dense loop : this | floor : this |");
            System.out.println("|---|---|---|---|---|---|");
            results.stream()
                    .filter(result -> result.getParams().getBenchmark().endsWith(RECOMMEND))
                    .forEach(result -> printRow(result, dense, floor));
            OneUserInTurns.print(model);
        }
    }

    private static void printRow(RunResult result, double dense, double floor) {
        int batch = Integer.parseInt(result.getParams().getParam("batch"));
        double took = median(result);
        System.out.printf(
                Locale.ROOT,
                "| %d | %s | %.2f | %.3f | %.1f | %.0f %% |%n",
                batch,
                result.getParams().getParam("precision"),
                took,
                took / batch,
                dense * batch / took,
                100 * floor * batch / took);
    }

    private static double milliseconds(Collection<RunResult> results, String name) {
        return results.stream()
                .filter(result -> result.getParams().getBenchmark().endsWith(name))
                .mapToDouble(EngineReport::median)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static double median(RunResult result) {
        return result.getPrimaryResult().getStatistics().getPercentile(50);
    }
}
