package io.diffmm.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactDraft;
import io.diffmm.artifacts.ArtifactDraft.ModelDraft;
import io.diffmm.artifacts.ArtifactStore;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.artifacts.Manifest.DatasetDescription;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.demo.SyntheticModel;
import io.diffmm.demo.SyntheticSettings;
import io.diffmm.families.diffmm.DiffMmFamily;
import io.diffmm.retrieval.SearchSettings;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedModelTest {

    @TempDir
    private Path root;

    @Test
    void open_fileWithoutWeights_isInvalid() {
        Path version = publish();

        assertThatThrownBy(() -> open(version))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("weights.safetensors is not a safetensors file");
    }

    @Test
    void open_missingVersion_isNotInvalid() throws Exception {
        Path version = publish();
        Files.move(version, root.resolve("removed"));

        assertThatThrownBy(() -> open(version))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(version.toString());
    }

    private static void open(Path version) {
        LoadedModel.open(version, "cpu", SearchSettings.defaults()).close();
    }

    private Path publish() {
        var histories = InteractionMatrix.of(2, List.of(new int[] {0}));
        var contents = new ArtifactContents(
                IdIndex.of(List.of("u")),
                ItemCatalogue.of(List.of(Item.of("a"), Item.of("b"))),
                histories,
                Optional.empty(),
                List.of());
        return new ArtifactStore(root)
                .publish(new ArtifactDraft(
                        "demo",
                        ModelDraft.of(
                                DiffMmFamily.NAME,
                                new SyntheticModel(new SyntheticSettings(10, 60, 4, 1, 5)).settings(),
                                Map.of(),
                                file -> Files.writeString(file, "none at all"),
                                Optional.empty()),
                        new DatasetDescription("none", 1, 2, 1),
                        Map.of(),
                        Optional.empty(),
                        contents,
                        Map.of()));
    }
}
