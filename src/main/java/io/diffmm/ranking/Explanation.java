package io.diffmm.ranking;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Explanation of an item's score: contributions of the views, and influential items of the history.
///
/// The contributions of the views sum to the score; some may be negative. The influences of history items do not:
/// items interact, so their sum has no meaning.
///
/// @param score score in float64; the score in a ranking may differ in the last digits of float32
/// @param parts weighted contribution of each view by its name, such as `linear` or `denoised.visual` (kind of view,
///     dot, modality)
/// @param reasons history items whose removal lowers the score most, at most three, by descending influence; at
///     equal influence the newer item comes first
public record Explanation(double score, SequencedMap<String, Double> parts, List<Reason> reasons) {

    public Explanation {
        parts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parts));
        reasons = List.copyOf(reasons);
    }

    /// Influence of a history item on the score of another item.
    ///
    /// @param item row of the history item
    /// @param change decrease of the score when the history item is left out; above zero
    public record Reason(int item, double change) {

        public Reason {
            if (!(change > 0)) {
                throw new IllegalArgumentException(
                        "the change by item %d is %s, not above zero".formatted(item, change));
            }
        }
    }
}
