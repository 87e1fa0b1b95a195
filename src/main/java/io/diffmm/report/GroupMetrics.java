package io.diffmm.report;

import io.diffmm.evaluation.Estimate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Metrics of some of the users, or of some of the held-out items.
///
/// @param label the bounds of the group
/// @param users how many users have something held out in it
public record GroupMetrics(String label, int users, Map<String, Estimate> metrics) {

    public GroupMetrics {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }
}
