package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Constant load of clients that request recommendations, record interactions and poll readiness.
final class ConstantLoad implements AutoCloseable {

    private static final int WRITERS = 2;
    private static final int READERS = 2;
    private static final int USERS = 900;
    private static final Duration BETWEEN = Duration.ofMillis(20);

    private final Server server;
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> running = new ArrayList<>();
    private final Queue<Response> responses = new ConcurrentLinkedQueue<>();
    private final Queue<Refused> refused = new ConcurrentLinkedQueue<>();
    private final Queue<Integer> readiness = new ConcurrentLinkedQueue<>();
    private final Map<String, List<String>> written = new ConcurrentSkipListMap<>();
    private volatile boolean ended;

    /// Response to a recommendation request.
    record Response(int status, Duration took, boolean live) {}

    /// Write that was not acknowledged.
    record Refused(HttpResponse<String> response, Duration took) {}

    /// Starts the clients.
    ///
    /// @param name prefix of the ids of the users whose interactions are recorded
    ConstantLoad(Server server, String name) {
        this.server = server;
        for (int writer = 0; writer < WRITERS; writer++) {
            String user = name + writer;
            List<String> acknowledged = new ArrayList<>();
            written.put(user, acknowledged);
            begin(number -> write(user, number, acknowledged));
        }
        for (int reader = 0; reader < READERS; reader++) {
            var random = new SplittableRandom(reader);
            begin(_ -> read("u" + random.nextInt(1, USERS + 1)));
        }
        begin(_ -> readiness.add(server.get("/actuator/health/readiness").statusCode()));
    }

    private interface Client {

        void act(int number) throws IOException, InterruptedException;
    }

    private void begin(Client client) {
        running.add(clients.submit(() -> {
            for (int number = 0; !ended; number++) {
                client.act(number);
                Thread.sleep(BETWEEN);
            }
            return true;
        }));
    }

    private void write(String user, int number, List<String> acknowledged) throws IOException, InterruptedException {
        String item = "i" + number;
        long start = System.nanoTime();
        HttpResponse<String> response = server.record(user, "{\"itemId\": \"%s\"}".formatted(item));
        if (response.statusCode() == 200) {
            acknowledged.add(item);
        } else {
            refused.add(new Refused(response, since(start)));
        }
    }

    private void read(String user) throws IOException, InterruptedException {
        long start = System.nanoTime();
        HttpResponse<String> response = server.get("/users/%s/recommendations".formatted(user));
        Duration took = since(start);
        boolean live = response.statusCode() == 200 && Server.answer(response).live();
        responses.add(new Response(response.statusCode(), took, live));
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /// Returns the recommendation responses so far.
    List<Response> responses() {
        return List.copyOf(responses);
    }

    /// Returns the writes that were not acknowledged.
    List<Refused> refused() {
        return List.copyOf(refused);
    }

    Duration slowestAnswer() {
        return responses.stream()
                .map(Response::took)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    Duration slowestRefusal() {
        return refused.stream()
                .map(Refused::took)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /// Returns the distinct status codes of readiness.
    List<Integer> readiness() {
        return readiness.stream().distinct().toList();
    }

    /// Stops the clients and requires that all acknowledged interactions are stored once and in order.
    ///
    /// @return number of acknowledged writes
    int requireWritten() throws Exception {
        close();
        for (Future<?> client : running) {
            client.get();
        }
        for (Map.Entry<String, List<String>> own : written.entrySet()) {
            List<String> stored = server.interactions(own.getKey()).reversed().stream()
                    .map(interaction -> interaction.get("itemId").asString())
                    .toList();
            assertThat(stored).doesNotHaveDuplicates().containsSubsequence(own.getValue());
        }
        return written.values().stream().mapToInt(List::size).sum();
    }

    @Override
    public void close() {
        ended = true;
        clients.close();
    }
}
