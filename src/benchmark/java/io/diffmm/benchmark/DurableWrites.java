package io.diffmm.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Clients that record one interaction after the other; prints their throughput and latency in one line.
///
/// `PORT CLIENTS SECONDS`; before that, the same for as long to get warm.
public final class DurableWrites {

    private final int port;
    private final long seconds;

    private DurableWrites(int port, long seconds) {
        this.port = port;
        this.seconds = seconds;
    }

    /// Runs the benchmark.
    public static void main(String[] args) throws Exception {
        var writes = new DurableWrites(Integer.parseInt(args[0]), Long.parseLong(args[2]));
        int clients = Integer.parseInt(args[1]);
        writes.run(clients);
        long[] nanos = writes.run(clients);
        System.out.printf(
                Locale.ROOT,
                "%.0f writes/s, p50 %.1f ms, p99 %.1f ms%n",
                nanos.length / (double) writes.seconds,
                BenchmarkClient.percentile(0.5, nanos),
                BenchmarkClient.percentile(0.99, nanos));
    }

    /// Returns the duration of each write, in nanoseconds.
    private long[] run(int clients) throws Exception {
        List<Future<List<Long>>> running = new ArrayList<>();
        List<Long> all = new ArrayList<>();
        try (var client = new BenchmarkClient(port);
                ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            long end = System.nanoTime() + seconds * 1_000_000_000L;
            for (int number = 0; number < clients; number++) {
                String path = "/users/writer%d/interactions".formatted(number);
                running.add(threads.submit(() -> write(client, path, end)));
            }
            for (Future<List<Long>> nanos : running) {
                all.addAll(nanos.get());
            }
        }
        return all.stream().mapToLong(Long::longValue).toArray();
    }

    private static List<Long> write(BenchmarkClient client, String path, long end) throws Exception {
        List<Long> nanos = new ArrayList<>();
        for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
            client.post(path, "application/json", "{\"itemId\": \"v%d\"}".formatted(nanos.size() % 100));
            nanos.add(System.nanoTime() - start);
        }
        return nanos;
    }
}
