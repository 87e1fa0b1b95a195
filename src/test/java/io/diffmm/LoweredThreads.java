package io.diffmm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Sampler of the threads of a process that run at a lower priority than its first thread, on Linux, until closed.
final class LoweredThreads implements AutoCloseable {

    private static final long PAUSE_MS = 100;

    private final FutureTask<Set<String>> gathering;
    private volatile boolean ended;

    /// Starts sampling.
    LoweredThreads(long process) {
        this.gathering = new FutureTask<>(() -> gather(process));
        Thread.ofPlatform().daemon().start(gathering);
    }

    private Set<String> gather(long process) throws InterruptedException {
        Set<String> seen = new TreeSet<>();
        while (!ended) {
            seen.addAll(now(process));
            Thread.sleep(PAUSE_MS);
        }
        return seen;
    }

    /// Returns the names of the current threads with lowered priority.
    static Set<String> now(long process) {
        Path threads = Path.of("/proc", Long.toString(process), "task");
        int normal = niceness(status(threads.resolve(Long.toString(process))));
        Set<String> names = new TreeSet<>();
        try (Stream<Path> all = Files.list(threads)) {
            all.map(LoweredThreads::status)
                    .filter(status -> !status.isEmpty() && niceness(status) > normal)
                    .map(status -> status.substring(status.indexOf('(') + 1, status.lastIndexOf(')')))
                    .forEach(names::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /// Returns empty if the thread has ended.
    private static String status(Path thread) {
        try {
            return Files.readString(thread.resolve("stat"));
        } catch (IOException _) {
            return "";
        }
    }

    /// Parses field 19 (nice value); field 2, the name, may contain blanks.
    private static int niceness(String status) {
        return Integer.parseInt(status.substring(status.lastIndexOf(')') + 2).split(" ", -1)[16]);
    }

    /// Stops sampling.
    ///
    /// @return names of all threads seen with lowered priority
    Set<String> end() throws Exception {
        close();
        return gathering.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        ended = true;
    }
}
