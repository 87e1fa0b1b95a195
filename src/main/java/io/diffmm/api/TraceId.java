package io.diffmm.api;

import java.util.Optional;
import org.slf4j.MDC;

/// The trace that the present request belongs to, as the log has it.
final class TraceId {

    static final String NAME = "traceId";

    private TraceId() {}

    /// Empty where nothing is traced.
    static Optional<String> current() {
        return Optional.ofNullable(MDC.get(NAME)).filter(id -> !id.isBlank());
    }
}
