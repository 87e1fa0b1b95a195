package io.diffmm.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Sends requests to a server on this machine and prints the result in one line.
///
/// - `open PORT USERS RATE SECONDS`: requests at a given rate
/// - `overload PORT USERS RATE SECONDS FULL`: the same, then a closed load of 32 clients for at most 10 s; prints the
///   time from the end of the open load, outstanding responses included, to `FULL` accepted requests per second
///
/// `USERS` is a file with one user id per line, read repeatedly.
public final class LoadGenerator {

    private static final int CONNECTIONS = 1024;
    private static final int CLIENTS = 32;
    private static final int RECOVERY_SECONDS = 10;

    /// Duration of the warm-up, in which the JIT compiles this program; otherwise its own delays would count as
    /// latency.
    private static final int WARM_UP_SECONDS = 5;

    private static final double WARM_UP_RATE = 1500;

    private LoadGenerator() {}

    /// Runs the benchmark.
    public static void main(String[] args) throws IOException, InterruptedException {
        int port = Integer.parseInt(args[1]);
        List<String> users = Files.readAllLines(Path.of(args[2]));
        double rate = Double.parseDouble(args[3]);
        int seconds = Integer.parseInt(args[4]);
        new LoadRun(port, users).open(Math.min(rate, WARM_UP_RATE), WARM_UP_SECONDS, CONNECTIONS);
        LoadRun.Outcome load = new LoadRun(port, users).open(rate, seconds, CONNECTIONS);
        switch (args[0]) {
            case "open" -> System.out.println(described(load));
            case "overload" -> {
                LoadRun.Outcome after = new LoadRun(port, users).closed(RECOVERY_SECONDS, CLIENTS);
                double full = Double.parseDouble(args[5]);
                System.out.println(described(load)
                        + String.format(
                                Locale.ROOT,
                                " full speed again after %.1f s",
                                load.seconds() - seconds + after.reaches(full)));
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static String described(LoadRun.Outcome load) {
        long others = load.answers().size() - load.accepted() - load.refused();
        return String.format(
                Locale.ROOT,
                "%.0f accepted/s, %.0f refused/s, %d other; accepted: p50 %.1f ms, p99 %.1f ms",
                load.accepted() / load.seconds(),
                load.refused() / load.seconds(),
                others,
                load.percentile(0.5),
                load.percentile(0.99));
    }
}
