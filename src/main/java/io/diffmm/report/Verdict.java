package io.diffmm.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/// What became of the model.
///
/// @param tolerance how much worse than the current version it was allowed to be
/// @param reasons why it did not pass; empty if it did
public record Verdict(Outcome outcome, double tolerance, List<String> reasons) {

    /// Whether it is served from now on.
    public enum Outcome {
        PUBLISHED("published"),
        /// Although it did not pass.
        FORCED("forced"),
        UNPUBLISHED("unpublished");

        private final String label;

        Outcome(String label) {
            this.label = label;
        }

        /// As `report.json` calls it.
        @JsonValue
        public String label() {
            return label;
        }
    }

    public Verdict {
        reasons = List.copyOf(reasons);
    }
}
