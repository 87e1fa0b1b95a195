package io.diffmm.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Resident memory of a process, heap and native, in bytes, as Linux reports it; empty on other systems.
///
/// @param status status file of the process, for example `/proc/self/status`
public record ProcessMemory(Path status) {

    private static final long KIBIBYTE = 1024;

    /// Returns the memory of this process.
    public static ProcessMemory ofThisProcess() {
        return new ProcessMemory(Path.of("/proc/self/status"));
    }

    /// Returns all resident memory.
    public OptionalLong resident() {
        return read("VmRSS:");
    }

    /// Returns the peak of the resident memory since the start of the process.
    public OptionalLong peak() {
        return read("VmHWM:");
    }

    /// Returns heap and native memory.
    public OptionalLong anonymous() {
        return read("RssAnon:");
    }

    /// Returns memory-mapped libraries and models, which the kernel can evict.
    public OptionalLong mapped() {
        return read("RssFile:");
    }

    private OptionalLong read(String field) {
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                    .findFirst();
        } catch (IOException | RuntimeException _) {
            return OptionalLong.empty();
        }
    }
}
