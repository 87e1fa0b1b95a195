package io.diffmm.observability;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/// The memory that the process holds, heap and native alike, as Linux tells it: `anonymous`, which only an end of the
/// process gives back, and `file`, libraries and models that can be read again.
final class MemoryMeters implements MeterBinder {

    private static final Map<String, String> FIELDS = Map.of("anonymous", "RssAnon:", "file", "RssFile:");
    private static final double KIBIBYTE = 1024;

    private final Path status;

    /// @param status the file of the process under `/proc`
    MemoryMeters(Path status) {
        this.status = status;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FIELDS.forEach((kind, field) -> Gauge.builder("diffmm.process.memory", () -> bytes(field))
                .description("Memory that the process holds, heap and native alike")
                .baseUnit("bytes")
                .tag("kind", kind)
                .register(registry));
    }

    /// What the field says; not a number where the system does not say.
    private double bytes(String field) {
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException _) {
            return Double.NaN;
        }
    }
}
