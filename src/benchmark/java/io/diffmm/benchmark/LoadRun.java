package io.diffmm.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A number of connections that ask for one user after the other until the time is over.
///
/// Open load: request `n` is due at `n / rate`, however slowly the server answers, and its latency counts
/// from then (what is known as correcting for coordinated omission). Closed load: a connection sends its next
/// request when it has its last answer.
final class LoadRun {

    private static final int UNAVAILABLE = 503;

    private final int port;
    private final List<String> users;
    private final AtomicInteger next = new AtomicInteger();

    LoadRun(int port, List<String> users) {
        this.port = port;
        this.users = List.copyOf(users);
    }

    /// Load of `rate` requests a second.
    Outcome open(double rate, int seconds, int connections) throws IOException, InterruptedException {
        int requests = (int) (rate * seconds);
        return run(connections, (number, _) -> number < requests ? (long) (number / rate * 1e9) : Schedule.OVER);
    }

    /// Load of so many clients that do nothing but wait for answers.
    Outcome closed(int seconds, int connections) throws IOException, InterruptedException {
        long end = seconds * 1_000_000_000L;
        return run(connections, (_, now) -> now < end ? now : Schedule.OVER);
    }

    private Outcome run(int count, Schedule schedule) throws IOException, InterruptedException {
        List<LoadConnection> connections = new ArrayList<>();
        for (int connection = 0; connection < count; connection++) {
            connections.add(new LoadConnection(port));
        }
        long start = System.nanoTime();
        List<Future<List<Answer>>> parts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            connections.forEach(
                    connection -> parts.add(threads.submit(() -> oneConnection(connection, schedule, start))));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Answer> answers = new ArrayList<>();
        for (Future<List<Answer>> part : parts) {
            answers.addAll(result(part));
        }
        return new Outcome(answers, seconds);
    }

    private static List<Answer> result(Future<List<Answer>> part) throws InterruptedException {
        try {
            return part.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private List<Answer> oneConnection(LoadConnection opened, Schedule schedule, long start) throws IOException {
        List<Answer> answers = new ArrayList<>();
        try (LoadConnection connection = opened) {
            while (true) {
                int number = next.getAndIncrement();
                long due = schedule.due(number, System.nanoTime() - start);
                if (due == Schedule.OVER) {
                    return answers;
                }
                LockSupport.parkNanos(start + due - System.nanoTime());
                int status = connection.get("/users/" + users.get(number % users.size()) + "/recommendations");
                long now = System.nanoTime() - start;
                answers.add(new Answer(status, now - due, now));
            }
        }
    }

    /// When request `number` is due, in nanoseconds since the start.
    private interface Schedule {

        /// No more requests.
        long OVER = Long.MAX_VALUE;

        long due(int number, long now);
    }

    /// One answer: its status, how long it took and when it came, since the start of the load.
    record Answer(int status, long nanos, long at) {}

    /// What came of a load.
    record Outcome(List<Answer> answers, double seconds) {

        Outcome {
            answers = List.copyOf(answers);
        }

        long accepted() {
            return answers.stream().filter(answer -> answer.status() == 200).count();
        }

        long refused() {
            return answers.stream()
                    .filter(answer -> answer.status() == UNAVAILABLE)
                    .count();
        }

        /// Of the accepted requests, in milliseconds.
        double percentile(double share) {
            long[] nanos = answers.stream()
                    .filter(answer -> answer.status() == 200)
                    .mapToLong(Answer::nanos)
                    .toArray();
            Arrays.sort(nanos);
            return nanos.length == 0 ? Double.NaN : nanos[(int) (share * (nanos.length - 1))] / 1e6;
        }

        /// When the first second began in which `wanted` requests were accepted, in seconds; NaN if none did.
        double reaches(double wanted) {
            long[] times = answers.stream()
                    .filter(answer -> answer.status() == 200)
                    .mapToLong(Answer::at)
                    .sorted()
                    .toArray();
            int ahead = (int) Math.ceil(wanted);
            for (int first = 0; first + ahead <= times.length; first++) {
                if (times[first + ahead - 1] - times[first] <= 1_000_000_000L) {
                    return times[first] / 1e9;
                }
            }
            return Double.NaN;
        }
    }
}
