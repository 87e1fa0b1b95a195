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

/// A client that writes until the server is gone, two interactions at a time, and knows what was acknowledged.
///
/// A patient one leaves the time to the server, and repeats what was not acknowledged with the same
/// `Idempotency-Key`. Any other gives the time, and does not try again.
final class InterruptedWriter {

    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final String REPLAYED = "Idempotency-Replayed";

    private final String user;
    private final boolean patient;
    private final AtomicInteger count;
    private final List<Integer> acknowledged = new ArrayList<>();
    private Optional<Integer> unanswered = Optional.empty();
    private boolean storedUnanswered;

    /// @param count is raised with every write that is acknowledged
    InterruptedWriter(String user, boolean patient, AtomicInteger count) {
        this.user = user;
        this.patient = patient;
        this.count = count;
    }

    /// Writes until the server is gone.
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

    /// Writes again what was not acknowledged, if it is patient.
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

    /// Requires that all that was acknowledged is stored, once, and what was not is there as a whole or not at all.
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

    /// How many writes were acknowledged.
    int acknowledged() {
        return acknowledged.size();
    }

    /// Whether the write that was not acknowledged was stored all the same.
    boolean storedUnanswered() {
        return storedUnanswered;
    }
}
