package io.diffmm.benchmark;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Load on a server: connections that request recommendations for one user after the other for a period of time.
///
/// Open load: request `n` is due at `n / rate` regardless of earlier responses, and its latency is measured from then,
/// which corrects for coordinated omission. Closed load: a connection sends its next request after its last response.
/// One thread sends, another one receives.
final class LoadRun {

    private static final int UNAVAILABLE = 503;
    private static final long MAX_WAIT_SECONDS = 20;

    private final int port;
    private final List<String> users;

    LoadRun(int port, List<String> users) {
        this.port = port;
        this.users = List.copyOf(users);
    }

    /// Runs an open load of `rate` requests per second.
    Outcome open(double rate, int seconds, int connections) throws IOException, InterruptedException {
        int requests = (int) (rate * seconds);
        return run(connections, (number, _) -> number < requests ? (long) (number / rate * 1e9) : Schedule.OVER);
    }

    /// Runs a closed load.
    ///
    /// @param connections number of clients
    Outcome closed(int seconds, int connections) throws IOException, InterruptedException {
        long end = seconds * 1_000_000_000L;
        return run(connections, (_, now) -> now < end ? now : Schedule.OVER);
    }

    private Outcome run(int count, Schedule schedule) throws IOException, InterruptedException {
        BlockingQueue<LoadConnection> idle = new LinkedBlockingQueue<>();
        List<LoadConnection> connections = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int at = 0; at < count; at++) {
                LoadConnection connection = new LoadConnection(port);
                connection.register(selector);
                connections.add(connection);
            }
            idle.addAll(connections);
            long start = System.nanoTime();
            Receiver receiver = new Receiver(selector, idle, start);
            Thread receiving = Thread.ofPlatform().daemon().start(receiver);
            send(idle, schedule, start, receiver);
            for (int at = 0; at < count; at++) {
                receiver.require(idle.poll(MAX_WAIT_SECONDS, TimeUnit.SECONDS));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            receiving.interrupt();
            receiving.join();
            return new Outcome(receiver.answers, seconds);
        } finally {
            for (LoadConnection connection : connections) {
                connection.close();
            }
        }
    }

    private void send(BlockingQueue<LoadConnection> idle, Schedule schedule, long start, Receiver receiver)
            throws IOException, InterruptedException {
        for (int number = 0; ; number++) {
            LoadConnection connection = receiver.require(idle.poll(MAX_WAIT_SECONDS, TimeUnit.SECONDS));
            long due = schedule.due(number, System.nanoTime() - start);
            if (due == Schedule.OVER) {
                idle.add(connection);
                return;
            }
            while (System.nanoTime() - start < due) {
                LockSupport.parkNanos(start + due - System.nanoTime());
            }
            connection.send("/users/" + users.get(number % users.size()) + "/recommendations", due);
        }
    }

    /// Collects responses and returns their connections to the idle ones.
    private static final class Receiver implements Runnable {

        private final Selector selector;
        private final BlockingQueue<LoadConnection> idle;
        private final long start;
        private final List<Answer> answers = new ArrayList<>();
        private final AtomicReference<IOException> failure = new AtomicReference<>();

        Receiver(Selector selector, BlockingQueue<LoadConnection> idle, long start) {
            this.selector = selector;
            this.idle = idle;
            this.start = start;
        }

        @Override
        public void run() {
            try {
                while (!Thread.interrupted()) {
                    selector.select(this::receive);
                    if (failure.get() != null) {
                        return;
                    }
                }
            } catch (IOException e) {
                failure.set(e);
            }
        }

        private void receive(SelectionKey key) {
            LoadConnection connection = (LoadConnection) key.attachment();
            try {
                int status = connection.receive(selector);
                if (status > 0) {
                    long now = System.nanoTime() - start;
                    answers.add(new Answer(status, now - connection.due(), now));
                    idle.add(connection);
                }
            } catch (IOException e) {
                failure.set(e);
            }
        }

        /// Returns the connection.
        ///
        /// @throws IOException if it is null, or receiving has failed
        LoadConnection require(@Nullable LoadConnection connection) throws IOException {
            if (failure.get() != null) {
                throw failure.get();
            }
            if (connection == null) {
                throw new IOException("no connection became free within %d s".formatted(MAX_WAIT_SECONDS));
            }
            return connection;
        }
    }

    /// Due times of the requests, in nanoseconds since the start.
    private interface Schedule {

        /// End of the load.
        long OVER = Long.MAX_VALUE;

        long due(int number, long now);
    }

    /// Response with its latency and its time since the start of the load, both in nanoseconds.
    record Answer(int status, long nanos, long at) {}

    /// Result of a load.
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

        /// Returns a quantile of the latencies of accepted requests, in milliseconds.
        double percentile(double share) {
            long[] nanos = answers.stream()
                    .filter(answer -> answer.status() == 200)
                    .mapToLong(Answer::nanos)
                    .toArray();
            Arrays.sort(nanos);
            return nanos.length == 0 ? Double.NaN : nanos[(int) (share * (nanos.length - 1))] / 1e6;
        }

        /// Returns the start of the first second in which `rate` requests were accepted, in seconds; NaN if there is
        /// none.
        double reaches(double rate) {
            long[] times = answers.stream()
                    .filter(answer -> answer.status() == 200)
                    .mapToLong(Answer::at)
                    .sorted()
                    .toArray();
            int ahead = (int) Math.ceil(rate);
            for (int first = 0; first + ahead <= times.length; first++) {
                if (times[first + ahead - 1] - times[first] <= 1_000_000_000L) {
                    return times[first] / 1e9;
                }
            }
            return Double.NaN;
        }
    }
}
