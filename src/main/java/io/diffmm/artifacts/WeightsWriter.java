package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.file.Path;

/// Writes a model's weights as safetensors.
@FunctionalInterface
public interface WeightsWriter {

    /// Creates `file`, which does not exist yet.
    void write(Path file) throws IOException;
}
