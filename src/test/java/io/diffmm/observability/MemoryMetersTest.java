package io.diffmm.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.engine.ProcessMemory;
import io.diffmm.observability.ObservabilityConfiguration.MemoryMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryMetersTest {

    @TempDir
    Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void memory_isReadFromTheStatusFile() throws Exception {
        Path status = Files.writeString(
                directory.resolve("status"),
                "VmRSS:\t  300 kB\nRssAnon:\t  200 kB\nRssFile:\t   90 kB\nRssShmem:\t   10 kB\n");

        new MemoryMeters(new ProcessMemory(status)).bindTo(registry);

        assertThat(memory("anonymous")).isEqualTo(200 * 1024);
        assertThat(memory("file")).isEqualTo(90 * 1024);
    }

    @Test
    void memory_withoutStatusFile_isNaN() {
        new MemoryMeters(new ProcessMemory(directory.resolve("nothing"))).bindTo(registry);

        assertThat(memory("anonymous")).isNaN();
    }

    private double memory(String kind) {
        return registry.get("diffmm.process.memory").tag("kind", kind).gauge().value();
    }
}
