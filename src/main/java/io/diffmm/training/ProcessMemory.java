package io.diffmm.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The memory that this process holds, heap and native alike, as Linux tells it.
final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final long KIBIBYTE = 1024;

    private ProcessMemory() {}

    /// The memory now; empty where the system does not say.
    static OptionalLong now() {
        return read("VmRSS:");
    }

    /// The most that it ever was; empty where the system does not say.
    static OptionalLong peak() {
        return read("VmHWM:");
    }

    private static OptionalLong read(String field) {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                    .findFirst();
        } catch (IOException | RuntimeException _) {
            return OptionalLong.empty(); // another system
        }
    }
}
