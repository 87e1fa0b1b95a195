package io.diffmm.artifacts;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model whose views join the blend beside those of the manifest's own family, as the manifest describes it.
///
/// @param family the family of models, say `t-diffrec`; its weights are `weights-<family>.safetensors`
/// @param settings every hyper-parameter
public record MemberEntry(String family, Map<String, Object> settings) {

    public MemberEntry {
        SafeName.require("family", family);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
