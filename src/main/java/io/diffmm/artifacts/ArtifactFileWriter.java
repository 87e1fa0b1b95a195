package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.file.Path;

/// Writes one file of an artifact: a model's weights as safetensors, say.
@FunctionalInterface
public interface ArtifactFileWriter {

    /// Creates `file`, which does not exist yet.
    void write(Path file) throws IOException;
}
