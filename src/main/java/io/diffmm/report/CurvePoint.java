package io.diffmm.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One epoch of the learning curve.
///
/// @param epoch from 1
/// @param losses the mean loss of each stage
/// @param valid metrics on `valid`
public record CurvePoint(int epoch, Map<String, Double> losses, Map<String, Double> valid, double seconds) {

    public CurvePoint {
        losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
        valid = Collections.unmodifiableMap(new LinkedHashMap<>(valid));
    }
}
