package io.diffmm.artifacts;

import java.nio.file.Path;

/// A published model that was read and found whole.
public record Artifact(Path directory, Manifest manifest, ArtifactContents contents) {

    /// The safetensors file with the weights; its digest was checked.
    public Path weights() {
        return directory.resolve(ArtifactFiles.WEIGHTS);
    }
}
