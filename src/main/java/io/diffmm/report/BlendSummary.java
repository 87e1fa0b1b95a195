package io.diffmm.report;

import java.util.List;
import java.util.Optional;

/// How the views of a user became one score.
///
/// @param linear what the linear view was fitted as, say `walk+visual`
/// @param views the views that have a part
/// @param otherHalf NDCG@20 of users who are ranked with weights that were found on the other half of them;
///     empty if there is one user only
public record BlendSummary(String linear, List<Part> views, Optional<Double> otherHalf) {

    /// A view's part.
    ///
    /// @param weight of its scores
    /// @param recencyFloor what the oldest of a long history weighs beside the newest
    /// @param recencyPower how fast older ones lose weight
    public record Part(String view, double weight, double recencyFloor, double recencyPower) {}

    public BlendSummary {
        views = List.copyOf(views);
    }
}
