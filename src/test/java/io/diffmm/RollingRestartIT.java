package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rolling restart of two replicas behind a proxy, under load: no request fails. Each replica is removed from the
/// proxy, receives SIGTERM after a delay, as with the chart's `preStop` hook, and is replaced by a new replica when
/// that one is ready. A write in progress at SIGTERM is completed.
@NeedsDocker
class RollingRestartIT {

    private static final int CLIENTS = 6;
    private static final int USERS = 300;

    /// Delay between the removal from the proxy and SIGTERM.
    private static final Duration BEFORE_SIGNAL = Duration.ofSeconds(1);

    @TempDir
    static Path directory;

    @Test
    void replacingBothReplicasUnderLoad_failsNoRequest() throws Exception {
        String url = PostgresContainer.newDatabase();
        List<Server> servers = new ArrayList<>();
        try (var proxy = new RoundRobin()) {
            for (int replica = 0; replica < 2; replica++) {
                servers.add(start(url));
                proxy.add(servers.getLast().port());
            }
            try (var load = new Load(proxy.port())) {
                load.await(200);
                for (int replica = 0; replica < 2; replica++) {
                    replace(servers, replica, proxy, url);
                }
                load.await(load.statuses.size() + 200);
                load.end();
                System.out.printf("two replicas replaced under %,d requests%n", load.statuses.size());
                assertThat(load.statuses).containsOnly(200);
            }
        } finally {
            servers.forEach(Server::close);
        }
    }

    private static Server start(String url) throws Exception {
        return Server.start(
                directory,
                "--spring.datasource.url=" + url,
                "--spring.datasource.username=" + PostgresContainer.user(),
                "--spring.datasource.password=" + PostgresContainer.password());
    }

    private static void replace(List<Server> servers, int replica, RoundRobin proxy, String url) throws Exception {
        Server old = servers.get(replica);
        try (var slow = new SlowWrite(old.port())) {
            proxy.remove(old.port());
            Thread.sleep(BEFORE_SIGNAL);
            CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(() -> ended(old));
            Thread.sleep(BEFORE_SIGNAL);
            assertThat(ended).as("waits for the write").isNotDone();
            assertThat(slow.finish()).startsWith("HTTP/1.1 200").contains("\"recorded\":2");
            assertThat(ended.get(1, TimeUnit.MINUTES)).as("ended in order").isIn(0, 143);
        }
        servers.set(replica, start(url));
        proxy.add(servers.get(replica).port());
    }

    private static int ended(Server server) {
        try {
            return server.process().terminate().exitCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// Slow write of two interactions.
    private static final class SlowWrite implements AutoCloseable {

        private final Socket socket;
        private final String user;

        /// Sends the first interaction.
        SlowWrite(int port) throws IOException {
            socket = new Socket("localhost", port);
            socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            user = "slow" + port;
            send("POST /interactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                    + "Connection: close\r\nContent-Length: %d\r\n\r\n"
                            .formatted(2 * line("v1").length()));
            send(line("v1"));
        }

        private String line(String item) {
            return "{\"userId\": \"%s\", \"itemId\": \"%s\"}\n".formatted(user, item);
        }

        private void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
        }

        /// Sends the second interaction.
        ///
        /// @return response
        String finish() throws IOException {
            send(line("v2"));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /// Clients that request recommendations and record interactions, one request after the other.
    private static final class Load implements AutoCloseable {

        private static final HttpClient CLIENT =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

        private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<?>> running = new ArrayList<>();
        private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
        private volatile boolean ended;

        Load(int port) {
            for (int client = 0; client < CLIENTS; client++) {
                boolean writes = client == 0;
                var random = new SplittableRandom(client);
                running.add(clients.submit(() -> {
                    while (!ended) {
                        String user = "/users/u" + random.nextInt(1, USERS);
                        statuses.add(
                                writes
                                        ? send(HttpRequest.newBuilder(Http.uri(port, user + "/interactions"))
                                                .header("Content-Type", "application/json")
                                                .POST(BodyPublishers.ofString("{\"itemId\": \"v1\"}")))
                                        : send(HttpRequest.newBuilder(Http.uri(port, user + "/recommendations"))));
                    }
                    return true;
                }));
            }
        }

        private static int send(HttpRequest.Builder request) throws IOException, InterruptedException {
            HttpResponse<Void> response =
                    CLIENT.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.discarding());
            return response.statusCode();
        }

        void await(int requests) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (statuses.size() < requests) {
                assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
                Thread.sleep(20);
            }
        }

        void end() throws Exception {
            ended = true;
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
