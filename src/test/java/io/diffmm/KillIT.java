package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Durability of the embedded database: after repeated kills of the server under writes, all acknowledged interactions
/// are stored exactly once. `-Ddiffmm.kills=N` sets the number of kills.
class KillIT {

    private static final int KILLS = Integer.getInteger("diffmm.kills", 5);
    private static final int CLIENTS = 4;
    private static final int MAX_WRITES = 400;

    @TempDir
    static Path directory;

    private final SplittableRandom random = new SplittableRandom(1);
    private final List<InterruptedWriter> allWriters = new ArrayList<>();
    private final List<Long> starts = new ArrayList<>(); // in milliseconds

    @Test
    void killedUnderWrites_keepsAcknowledgedInteractions() throws Exception {
        List<InterruptedWriter> last = List.of();
        for (int kill = 0; kill < KILLS; kill++) {
            try (Server server = start()) {
                requireStored(last, server);
                last = writeUntilKilled(server, "kill%d-".formatted(kill));
            }
        }
        try (Server server = start()) {
            requireStored(allWriters, server);
        }
        report();
    }

    private Server start() throws Exception {
        long start = System.nanoTime();
        Server server = Server.start(directory, Jar.INTERACTIONS + directory.resolve("interactions"));
        starts.add((System.nanoTime() - start) / 1_000_000);
        return server;
    }

    private List<InterruptedWriter> writeUntilKilled(Server server, String name) throws Exception {
        var acknowledged = new AtomicInteger();
        List<InterruptedWriter> writers = IntStream.range(0, CLIENTS)
                .mapToObj(client -> new InterruptedWriter(name + client, client % 2 == 0, acknowledged))
                .toList();
        allWriters.addAll(writers);
        int enough = random.nextInt(1, MAX_WRITES + 1);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> streams = new ArrayList<>();
            writers.forEach(writer -> streams.add(clients.submit(() -> writer.write(server))));
            try {
                while (acknowledged.get() < enough) {
                    assertThat(streams).as("ended writers").noneMatch(Future::isDone);
                    Thread.sleep(1);
                }
            } finally {
                server.process().kill(); // stops the writers
            }
            for (Future<?> stream : streams) {
                stream.get();
            }
        }
        return writers;
    }

    private static void requireStored(List<InterruptedWriter> writers, Server server) throws Exception {
        for (InterruptedWriter writer : writers) {
            writer.repeat(server);
            writer.requireStored(server);
        }
    }

    private void report() {
        List<Long> restarts = starts.stream().skip(1).sorted().toList();
        System.out.printf(
                "%d kills: %,d writes acknowledged, %d of %d unacknowledged writes stored; ready again after %d ms (median), %d ms (maximum)%n",
                KILLS,
                allWriters.stream().mapToInt(InterruptedWriter::acknowledged).sum(),
                allWriters.stream().filter(InterruptedWriter::storedUnanswered).count(),
                allWriters.size(),
                restarts.get(restarts.size() / 2),
                restarts.getLast());
    }
}
