package io.diffmm.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;

/// Result of the quality gate of a publication.
///
/// @param passed whether the model passed
/// @param forced whether it was published although it did not pass
/// @param tolerance accepted loss against the version before
/// @param reasons reasons why it did not pass; empty if it did
/// @param notes remarks that do not decide, such as a model whose own family has no weight in the
///     blend
/// @param popularity comparison with the popularity baseline; absent in older manifests
/// @param current comparison with the version that was current; absent without one
public record GateRecord(
        boolean passed,
        boolean forced,
        double tolerance,
        List<String> reasons,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notes,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<ComparedNdcg> popularity,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<ComparedNdcg> current) {

    /// NDCG@20 of the model and of another ranking, over the same users. The model's blend of views
    /// is fitted without the users it is measured on.
    ///
    /// @param model NDCG@20 of the model
    /// @param other NDCG@20 of the other ranking
    /// @param low lower end of the interval of the difference, model minus other, paired by user
    /// @param high upper end
    /// @param confidence level of the interval, for example 0.95
    public record ComparedNdcg(double model, double other, double low, double high, double confidence) {}

    public GateRecord {
        if (passed && (forced || !reasons.isEmpty())) {
            throw new IllegalArgumentException(
                    "a model that passed is not forced and has no reasons, but has " + reasons);
        }
        reasons = List.copyOf(reasons);
        notes = List.copyOf(notes);
    }

    /// Creates a record without figures, as in older manifests.
    public GateRecord(boolean passed, boolean forced, double tolerance, List<String> reasons) {
        this(passed, forced, tolerance, reasons, List.of(), Optional.empty(), Optional.empty());
    }
}
