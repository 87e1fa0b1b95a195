package io.diffmm.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Instruction sets of a processor, by the names that Linux uses in `/proc/cpuinfo`.
///
/// @param flags for example `avx512_vnni`; empty on other systems
public record ProcessorFeatures(Set<String> flags) {

    private static final String FLAGS = "flags";

    public ProcessorFeatures {
        flags = Set.copyOf(flags);
    }

    /// Returns the features of this machine's processor.
    public static ProcessorFeatures ofThisMachine() {
        return read(Path.of("/proc/cpuinfo"));
    }

    /// Reads the features of the first core.
    ///
    /// @param description file in the format of `/proc/cpuinfo`; without it, no features are known
    static ProcessorFeatures read(Path description) {
        try (Stream<String> lines = Files.lines(description)) {
            return new ProcessorFeatures(lines.filter(line -> line.startsWith(FLAGS))
                    .findFirst()
                    .map(line -> Stream.of(line.substring(line.indexOf(':') + 1)
                                    .strip()
                                    .split("\\s+", 0))
                            .collect(Collectors.toUnmodifiableSet()))
                    .orElse(Collections.emptySet()));
        } catch (IOException _) {
            return new ProcessorFeatures(Set.of());
        }
    }

    /// Returns whether an instruction multiplies and adds vectors of 8-bit integers.
    public boolean multipliesIntegers() {
        return flags.contains("avx512_vnni") || flags.contains("avx_vnni");
    }

    /// Returns whether an instruction multiplies and adds vectors of bfloat16.
    public boolean multipliesBfloat16() {
        return flags.contains("amx_bf16") || flags.contains("avx512_bf16");
    }
}
