package io.diffmm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Processor time of all cores, from `/proc` of Linux.
final class ProcessorTime {

    private static final Duration TICK = Duration.ofMillis(10);
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private static final int IDLE = 4;
    private static final int WAITING = 5;
    private static final int STOLEN = 8;

    /// Position of the user time after the name of the process; see proc_pid_stat(5).
    private static final int USER = 11;

    private static final int SYSTEM = 12;

    private ProcessorTime() {}

    /// Returns the processor time of all processes since the machine started.
    static Duration ofMachine() throws IOException {
        List<String> fields = SPACE.splitAsStream(
                        Files.readAllLines(Path.of("/proc/stat")).getFirst())
                .toList();
        return ticks(IntStream.rangeClosed(1, STOLEN)
                .filter(field -> field != IDLE && field != WAITING)
                .mapToLong(field -> Long.parseLong(fields.get(field)))
                .sum());
    }

    /// Returns the processor time of a process.
    ///
    /// @param stat content of its `/proc/PID/stat`
    static Duration ofProcess(String stat) {
        List<String> fields =
                SPACE.splitAsStream(stat.substring(stat.lastIndexOf(')') + 2)).toList();
        return ticks(Long.parseLong(fields.get(USER)) + Long.parseLong(fields.get(SYSTEM)));
    }

    private static Duration ticks(long count) {
        return TICK.multipliedBy(count);
    }
}
