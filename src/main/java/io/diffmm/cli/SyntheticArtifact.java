package io.diffmm.cli;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactDraft;
import io.diffmm.artifacts.ArtifactDraft.ModelDraft;
import io.diffmm.artifacts.ArtifactStore;
import io.diffmm.artifacts.Manifest.DatasetDescription;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.Item;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.model.diffmm.DiffMmFamily;
import io.diffmm.model.diffmm.SyntheticModel;
import io.diffmm.model.diffmm.SyntheticSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Publishes an invented model.
///
/// It was measured on nothing, so its manifest has no metrics, and the fingerprint says what the dataset is.
final class SyntheticArtifact {

    private SyntheticArtifact() {}

    /// Invents a model and publishes it.
    ///
    /// @param indexFrom number of items from which an index is built
    ///
    /// @return the directory of the new version
    static Path publish(Path artifacts, String name, SyntheticSettings settings, int indexFrom) {
        var model = new SyntheticModel(settings);
        var dataset = new DatasetDescription(
                "synthetic-untrained-seed-%d".formatted(settings.seed()),
                settings.users(),
                settings.items(),
                model.histories().size());
        var contents = new ArtifactContents(
                IdIndex.of(ids("u", settings.users())),
                ItemCatalogue.of(
                        ids("v", settings.items()).stream().map(Item::of).toList()),
                model.histories(),
                Optional.empty(),
                List.of());
        return new ArtifactStore(artifacts)
                .publish(new ArtifactDraft(
                        name,
                        ModelDraft.of(
                                DiffMmFamily.NAME,
                                model.settings(),
                                Map.of(),
                                file -> write(model, file, indexFrom),
                                Optional.empty()),
                        dataset,
                        Map.of(),
                        Optional.empty(),
                        contents,
                        Map.of()));
    }

    private static void write(SyntheticModel model, Path file, int indexFrom) throws IOException {
        model.write(file);
        if (model.histories().columns() >= indexFrom) {
            ModelFiles.of(DiffMmFamily.NAME, model.settings(), file).index(model.histories());
        }
    }

    private static List<String> ids(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(row -> prefix + row).toList();
    }
}
