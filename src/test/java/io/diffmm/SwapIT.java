package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.Server.Answer;
import io.diffmm.Versions.Damage;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Swaps of versions under uncached load: no request fails, and every answer comes completely from one version. Damaged
/// versions are refused.
class SwapIT {

    private static final int SWAPS = 20;
    private static final int CLIENTS = 8;
    private static final int USERS = 400;

    /// Number of requests before the first measurement, after which the JIT compiler has compiled most of the code.
    private static final int WARM = 12_000;

    /// Duration of the measurements without swaps, before and after the swaps.
    private static final Duration USUAL = Duration.ofSeconds(3);

    /// Maximum duration of all swaps under load. The goal is one minute on otherwise idle cores.
    private static final Duration PACE = Duration.ofMinutes(2);

    private static final Duration NEVER = Duration.ofSeconds(60);

    /// Maximum growth of resident memory from the fourth to the twentieth swap: less than one version of the model.
    private static final long SLACK_KB = 32 << 10;

    @TempDir
    static Path directory;

    @Test
    void swapsUnderLoad_everyAnswerIsComplete_andMemoryIsReleased() throws Exception {
        Versions versions = generated();
        List<String> names = versions.names();
        versions.publish(names.getFirst());
        try (Server server = Server.startWithWholeHeap(
                directory,
                Server.ARTIFACTS + directory.resolve("models"),
                "--diffmm.artifacts.interval=200ms",
                "--diffmm.cache.maximum-size=1")) {
            Map<String, List<String>> expected = new HashMap<>();
            for (String name : names.reversed()) {
                take(server, versions, name);
                remember(server, name, expected);
            }
            long before;
            long after;
            long took;
            var load = new Load(server, expected);
            try (load;
                    var lowered = new LoweredThreads(pid(server))) {
                load.await(WARM);
                collectGarbage(server);
                load.begin("usual");
                Thread.sleep(USUAL);
                load.begin("swaps");
                long start = System.nanoTime();
                swap(server, versions, names, 4);
                before = memoryKb(server);
                for (Damage damage : Damage.values()) {
                    refuse(server, versions, names.getFirst(), damage);
                    swap(server, versions, names, (SWAPS - 4) / Damage.values().length);
                }
                took = System.nanoTime() - start;
                after = settledMemoryKb(server, before + SLACK_KB);
                assertThat(lowered.end()).as("threads of a low priority").containsExactly("model-loading");
                assertThat(LoweredThreads.now(pid(server))).isEmpty();
                load.begin("usual");
                Thread.sleep(USUAL);
            }
            load.requireNoFailure();
            load.report();
            System.out.printf(
                    "%d swaps and %d damaged versions in %.0f s: %,d answers of %s; memory %,d kB after four swaps, %,d kB at the end%n",
                    SWAPS, Damage.values().length, took / 1e9, load.answers.size(), load.byVersion(), before, after);
            assertThat(Duration.ofNanos(took)).isLessThan(PACE);
            assertThat(load.byVersion().keySet()).containsExactlyInAnyOrderElementsOf(names);
            assertThat(after - before).isLessThan(SLACK_KB);
        }
    }

    private static Versions generated() throws Exception {
        for (int seed = 1; seed <= 2; seed++) {
            Jar.Result made = Jar.run(
                    directory,
                    "generate",
                    "--artifact",
                    "--out",
                    directory.resolve("models").toString(),
                    "--users",
                    "500",
                    "--items",
                    "4000",
                    "--seed",
                    Integer.toString(seed));
            assertThat(made.exitCode()).as(made.err()).isZero();
        }
        try (var models = Files.list(directory.resolve("models"))) {
            return new Versions(models.filter(Files::isDirectory).findFirst().orElseThrow());
        }
    }

    private static long pid(Server server) {
        return server.process().process().pid();
    }

    private static void swap(Server server, Versions versions, List<String> names, int times) throws Exception {
        for (int time = 0; time < times; time++) {
            String current = VersionStates.of(server, "current").getFirst();
            take(server, versions, names.get(1 - names.indexOf(current)));
        }
    }

    private static void take(Server server, Versions versions, String version) throws Exception {
        versions.publish(version);
        VersionStates.await(server, "current", version);
    }

    private static void refuse(Server server, Versions versions, String version, Damage damage) throws Exception {
        String damaged = "99999999-" + damage.name().replace('_', '-');
        String current = VersionStates.of(server, "current").getFirst();
        versions.damaged(version, damaged, damage);
        versions.publish(damaged);
        VersionStates.await(server, "refused", damaged);
        assertThat(VersionStates.of(server, "current")).containsExactly(current);
        versions.publish(current);
    }

    private static void remember(Server server, String version, Map<String, List<String>> expected) throws Exception {
        for (int user = 0; user < USERS; user++) {
            Answer answer = server.recommendations("u" + user);
            expected.put(version + " u" + user, answer.items());
        }
    }

    /// Returns the resident memory after the last replaced version has been closed.
    private static long settledMemoryKb(Server server, long limit) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        long now = memoryKb(server);
        while (now >= limit && System.nanoTime() < deadline) {
            Thread.sleep(100);
            now = memoryKb(server);
        }
        return now;
    }

    /// Runs a full collection, which moves long-lived objects to the old generation, as some dozens of young
    /// collections would do. Otherwise each pause copies them again.
    private static void collectGarbage(Server server) throws Exception {
        Process collection = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid(server)),
                        "GC.run")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(collection.waitFor(NEVER.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(collection.exitValue()).isZero();
    }

    /// Returns the resident memory of the process.
    private static long memoryKb(Server server) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid(server)), "status");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /// Clients that request recommendations for random users, one request after the other.
    private static final class Load implements AutoCloseable {

        private final Server server;
        private final Map<String, List<String>> expected;
        private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<?>> running = new ArrayList<>();
        private final Queue<String> answers = new ConcurrentLinkedQueue<>();
        private final Map<String, Queue<Duration>> times = new ConcurrentHashMap<>();
        private volatile String phase = "warming up";
        private volatile boolean ended;

        Load(Server server, Map<String, List<String>> expected) {
            this.server = server;
            this.expected = expected;
            for (int client = 0; client < CLIENTS; client++) {
                var random = new SplittableRandom(client);
                running.add(clients.submit(() -> {
                    while (!ended) {
                        ask("u" + random.nextInt(USERS));
                    }
                    return true;
                }));
            }
        }

        void await(int requests) throws InterruptedException {
            long deadline = System.nanoTime() + NEVER.toNanos();
            while (answers.size() < requests) {
                assertThat(System.nanoTime()).as("%d requests", requests).isLessThan(deadline);
                Thread.sleep(10);
            }
        }

        /// Starts another phase of measurements.
        void begin(String next) {
            phase = next;
        }

        void report() {
            double twice = 2
                    * at(
                            Objects.requireNonNull(times.get("usual")).stream()
                                    .sorted()
                                    .toList(),
                            0.99);
            System.out.printf(
                    "requests during swaps longer than twice the usual p99 (%.1f ms): %d%n",
                    twice,
                    Objects.requireNonNull(times.get("swaps")).stream()
                            .filter(time -> time.toNanos() > twice * 1e6)
                            .count());
            times.forEach((name, all) -> {
                List<Duration> sorted = all.stream().sorted().toList();
                System.out.printf(
                        "%s: %,d requests, p50 %.1f ms, p99 %.1f ms, maximum %.1f ms%n",
                        name, sorted.size(), at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
            });
        }

        private static double at(List<Duration> sorted, double share) {
            int place = (int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size()));
            return sorted.get(place).toNanos() / 1e6;
        }

        private void ask(String user) throws Exception {
            String name = phase;
            long start = System.nanoTime();
            HttpResponse<String> response = server.get("/users/%s/recommendations".formatted(user));
            times.computeIfAbsent(name, _ -> new ConcurrentLinkedQueue<>())
                    .add(Duration.ofNanos(System.nanoTime() - start));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            Answer answer = Server.answer(response);
            String version = answer.body().at("/model/version").asString();
            assertThat(answer.body().get("recommendationId").asString()).startsWith(version + ".");
            assertThat(answer.items()).as("%s of %s", user, version).isEqualTo(expected.get(version + " " + user));
            answers.add(version);
        }

        Map<String, Long> byVersion() {
            Map<String, Long> counts = new HashMap<>();
            answers.forEach(version -> counts.merge(version, 1L, Long::sum));
            return counts;
        }

        void requireNoFailure() throws Exception {
            for (Future<?> client : running) {
                client.get();
            }
        }

        @Override
        public void close() {
            ended = true;
            clients.close();
        }
    }
}
