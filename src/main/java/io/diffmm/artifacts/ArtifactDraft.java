package io.diffmm.artifacts;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Everything that is published of a trained model; version, digests and time are added when it is.
///
/// @param name the model's name, say `demo`; becomes a directory
/// @param metrics held-out metrics by what was measured (`model`, `popularity`), then by the metric's name
/// @param gate what was asked of it before it was published; empty if nothing was
/// @param furtherFiles files that nobody needs to serve the model, a report say, by their names
public record ArtifactDraft(
        String name,
        ModelDraft model,
        DatasetDescription dataset,
        Map<String, Map<String, Double>> metrics,
        Optional<GateRecord> gate,
        ArtifactContents contents,
        Map<String, ArtifactFileWriter> furtherFiles) {

    /// Copies the further files.
    ///
    /// @throws IllegalArgumentException if a name could leave its directory, or is that of a file of the format
    public ArtifactDraft {
        SafeName.require("model name", name);
        furtherFiles.keySet().forEach(ArtifactFiles::requireFurther);
        furtherFiles = Collections.unmodifiableMap(new TreeMap<>(furtherFiles));
    }
}
