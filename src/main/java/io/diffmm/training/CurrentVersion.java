package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.artifacts.Manifest;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;

/// The version that is current while another is trained, and what was found of it.
sealed interface CurrentVersion<T> {

    /// Nothing was published yet.
    record None<T>() implements CurrentVersion<T> {}

    /// It could not be read, loaded or measured.
    record Unusable<T>(String reason) implements CurrentVersion<T> {}

    /// It was measured.
    record Measured<T>(T result) implements CurrentVersion<T> {}

    /// Loads the current version and measures it; the loaded model is freed afterwards.
    ///
    /// @param model the directory with a model's versions
    static <T> CurrentVersion<T> measure(
            Path model, NDManager parent, BiFunction<Artifact, BlendedRecommender, T> measuring) {
        try (NDManager manager = parent.newSubManager()) {
            Optional<Path> directory = ArtifactLocator.currentIn(model);
            return directory.isEmpty() ? new None<>() : new Measured<>(measured(directory.get(), manager, measuring));
        } catch (IOException | RuntimeException e) {
            return new Unusable<>(String.valueOf(e.getMessage()));
        }
    }

    private static <T> T measured(
            Path directory, NDManager manager, BiFunction<Artifact, BlendedRecommender, T> measuring)
            throws IOException {
        Artifact artifact = ArtifactReader.open(directory);
        Manifest manifest = artifact.manifest();
        ModelFiles files = ModelFiles.of(Beside.members(artifact), artifact.links(), manifest.blend());
        try (BlendedRecommender recommender = files.load(manager)) {
            return measuring.apply(artifact, recommender);
        }
    }
}
