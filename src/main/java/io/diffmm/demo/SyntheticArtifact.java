package io.diffmm.demo;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactDraft;
import io.diffmm.artifacts.ArtifactDraft.ModelDraft;
import io.diffmm.artifacts.ArtifactStore;
import io.diffmm.artifacts.Manifest.DatasetDescription;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.families.diffmm.DiffMmFamily;
import io.diffmm.model.blend.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Publisher of invented models.
///
/// The model is not evaluated, so its manifest has no metrics; the fingerprint of the dataset identifies it as
/// synthetic.
public final class SyntheticArtifact {

    private SyntheticArtifact() {}

    /// Creates and publishes a model.
    ///
    /// @param artifacts directory of models
    /// @param indexFrom minimum number of items for which an index is built
    /// @return directory of the new version
    public static Path publish(Path artifacts, String name, SyntheticSettings settings, int indexFrom) {
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
