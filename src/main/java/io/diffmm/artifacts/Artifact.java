package io.diffmm.artifacts;

import java.nio.file.Path;
import java.util.Optional;

/// A published model that was read and found whole.
public record Artifact(Path directory, Manifest manifest, ArtifactContents contents) {

    /// The safetensors file with the weights; its digest was checked.
    public Path weights() {
        return directory.resolve(ArtifactFiles.WEIGHTS);
    }

    /// The safetensors file with the linear view, if the model has one; its digest was checked.
    public Optional<Path> links() {
        return Optional.of(directory.resolve(ArtifactFiles.LINKS))
                .filter(_ -> manifest.files().containsKey(ArtifactFiles.LINKS));
    }
}
