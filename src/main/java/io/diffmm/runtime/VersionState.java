package io.diffmm.runtime;

import java.time.Instant;
import java.util.Optional;

/// What became of a version here.
///
/// @param published whether the repository says that it is the current one
/// @param pinned whether it is served whichever is published
/// @param refusal why it was not taken; empty if that was not tried, or has succeeded
public record VersionState(
        String version, Condition condition, boolean published, boolean pinned, Optional<Refusal> refusal) {

    /// Whether it is being served.
    public enum Condition {
        CURRENT,
        CANARY,
        AVAILABLE,
        REFUSED
    }

    /// Why a version was not taken.
    public record Refusal(String reason, Instant at) {}
}
