package io.diffmm.ranking;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What a score is made of, and what it rests on.
///
/// The parts are exact shares of a sum; some may be negative. The changes are not shares: items of a history
/// work together, so what each of them changes sums to anything.
///
/// @param score in float64; that of a ranking may differ in the last digits of float32
/// @param parts the weighted part of each view by its name, `linear` or `denoised.visual` (the kind of view, a dot,
/// the modality); they sum to the score
/// @param reasons the items of the history without which the score falls most, at most three, the greatest fall
/// first and of equal ones the newer item
public record Explanation(double score, SequencedMap<String, Double> parts, List<Reason> reasons) {

    public Explanation {
        parts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parts));
        reasons = List.copyOf(reasons);
    }
}
