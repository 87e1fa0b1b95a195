package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Client that records two interactions per request until the server stops, and keeps the acknowledged ones.
///
/// A patient client sends no timestamps and repeats the unacknowledged request with the same `Idempotency-Key`. Any
/// other client sends timestamps and does not retry.
final class InterruptedWriter {

    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final String REPLAYED = "Idempotency-Replayed";

    private final String user;
    private final boolean patient;
    private final AtomicInteger count;
    private final List<Integer> acknowledged = new ArrayList<>();
    private Optional<Integer> unanswered = Optional.empty();
    private boolean storedUnanswered;

    /// @param count incremented for every acknowledged write
    InterruptedWriter(String user, boolean patient, AtomicInteger count) {
        this.user = user;
        this.patient = patient;
        this.count = count;
    }

    /// Writes until the server stops.
    boolean write(Server server) throws InterruptedException {
        for (int number = 0; unanswered.isEmpty(); number++) {
            try {
                send(server, number);
                acknowledged.add(number);
                count.incrementAndGet();
            } catch (IOException _) {
                unanswered = Optional.of(number);
            }
        }
        return true;
    }

    /// Repeats the unacknowledged write if this client is patient.
    void repeat(Server server) throws IOException, InterruptedException {
        if (patient && unanswered.isPresent()) {
            storedUnanswered = send(server, unanswered.get())
                    .headers()
                    .firstValue(REPLAYED)
                    .isPresent();
            acknowledged.add(unanswered.get());
            unanswered = Optional.empty();
        }
    }

    private HttpResponse<String> send(Server server, int number) throws IOException, InterruptedException {
        String time = patient ? "" : ", \"timestamp\": \"%s\"".formatted(START.plusSeconds(number));
        String body = items(number)
                .map(item -> "{\"itemId\": \"%s\"%s}".formatted(item, time))
                .collect(Collectors.joining(",", "[", "]"));
        HttpResponse<String> response = patient
                ? server.record(user, body, "Idempotency-Key", Integer.toString(number))
                : server.record(user, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response;
    }

    private static Stream<String> items(int number) {
        return Stream.of("i%da".formatted(number), "i%db".formatted(number));
    }

    /// Requires that acknowledged writes are stored exactly once, and the unacknowledged one completely or not at all.
    void requireStored(Server server) throws IOException, InterruptedException {
        List<String> stored = server.interactions(user).reversed().stream()
                .map(interaction -> interaction.get("itemId").asString())
                .toList();
        List<String> expected = new ArrayList<>(items(acknowledged));
        if (unanswered.isPresent() && stored.size() > expected.size()) {
            expected.addAll(items(unanswered.get()).toList());
            storedUnanswered = true;
        }
        assertThat(stored).isEqualTo(expected);
    }

    private static List<String> items(List<Integer> numbers) {
        return numbers.stream().flatMap(InterruptedWriter::items).toList();
    }

    /// Returns the number of acknowledged writes.
    int acknowledged() {
        return acknowledged.size();
    }

    /// Returns true if the unacknowledged write was stored nevertheless.
    boolean storedUnanswered() {
        return storedUnanswered;
    }
}
