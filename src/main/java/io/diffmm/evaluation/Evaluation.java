package io.diffmm.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Means over all evaluated users.
///
/// @param users how many users had a held-out item
/// @param metrics `recall@k`, `precision@k`, `ndcg@k` for each cutoff, in that order
public record Evaluation(int users, Map<String, Double> metrics) {

    public Evaluation {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }
}
