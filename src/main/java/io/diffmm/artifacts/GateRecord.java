package io.diffmm.artifacts;

import java.util.List;

/// What was asked of a model before it could become current.
///
/// @param passed whether it was as good as asked
/// @param forced whether it was published although it was not
/// @param tolerance how much worse than the version before it was allowed to be
/// @param reasons why it did not pass; empty if it did
public record GateRecord(boolean passed, boolean forced, double tolerance, List<String> reasons) {

    public GateRecord {
        if (passed && (forced || !reasons.isEmpty())) {
            throw new IllegalArgumentException("what passed was not forced, and needs no reasons: " + reasons);
        }
        reasons = List.copyOf(reasons);
    }
}
