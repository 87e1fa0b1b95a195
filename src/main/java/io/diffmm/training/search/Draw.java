package io.diffmm.training.search;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Settings to try.
///
/// @param changes what is not as given, by path; empty if all is
/// @param settings all of them
public record Draw(Map<String, Object> changes, Map<String, Object> settings) {

    public Draw {
        changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
