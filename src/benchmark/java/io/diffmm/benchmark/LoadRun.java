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
/// Open load: request `n` is due at `n / rate`, however slowly the server answers, and its latency counts from then
/// (what is known as correcting for coordinated omission). Closed load: a connection sends its next request when it
/// has its last answer.
final class LoadRun {

    private static final int UNAVAILABLE = 503;

    private final int port;
    private final List<String> users;
    private final long start = System.nanoTime();
    private final AtomicInteger next = new AtomicInteger();

    LoadRun(int port, List<String> users) {
        this.port = port;
        this.users = List.copyOf(users);
    }

    /// Load of `rate` requests a second.
    Outcome open(double rate, int seconds, int connections) throws InterruptedException {
        int requests = (int) (rate * seconds);
        return run(connections, number -> number < requests ? start + (long) (number / rate * 1e9) : Long.MAX_VALUE);
    }

    /// Load of so many clients that do nothing but wait for answers.
    Outcome closed(int seconds, int connections) throws InterruptedException {
        long end = start + seconds * 1_000_000_000L;
        return run(connections, _ -> System.nanoTime() < end ? System.nanoTime() : Long.MAX_VALUE);
    }

    private Outcome run(int connections, Schedule schedule) throws InterruptedException {
        List<Future<List<Answer>>> parts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int connection = 0; connection < connections; connection++) {
                parts.add(threads.submit(() -> oneConnection(schedule)));
            }
        }
        List<Answer> answers = new ArrayList<>();
        for (Future<List<Answer>> part : parts) {
            try {
                answers.addAll(part.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return new Outcome(answers, (System.nanoTime() - start) / 1e9);
    }

    private List<Answer> oneConnection(Schedule schedule) throws IOException {
        List<Answer> answers = new ArrayList<>();
        LoadConnection connection = new LoadConnection(port);
        try {
            while (true) {
                int number = next.getAndIncrement();
                long due = schedule.due(number);
                if (due == Long.MAX_VALUE) {
                    return answers;
                }
                LockSupport.parkNanos(due - System.nanoTime());
                String path = "/users/" + users.get(number % users.size()) + "/recommendations";
                int status = connection.get(path);
                long now = System.nanoTime();
                answers.add(new Answer(status, now - due, now - start));
            }
        } finally {
            connection.close();
        }
    }

    /// When request `number` is due, by [System#nanoTime]; [Long#MAX_VALUE] if the load is over.
    private interface Schedule {
        long due(int number);
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

        /// The beginning of the first second in which `wanted` requests were accepted, in seconds; NaN if none.
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
