package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.Artifact.Member;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ensembles: models of several families in one artifact.
class EnsembleTest {

    @TempDir
    Path directory;

    private Path data;

    @BeforeEach
    void generate() throws IOException {
        data = directory.resolve("data");
        DemoDataset.generate(new DemoSettings(80, 60, 7), data);
    }

    @Test
    void train_withEnsemble_publishesAllViewsInOneArtifact() throws IOException {
        Path rows = train("t-diffrec", List.of());
        Path latent = train("l-diffrec", List.of(rows));

        Artifact all = ArtifactReader.open(train("diffmm", List.of(latent)));

        assertThat(all.members().stream().map(Member::family)).containsExactly("diffmm", "l-diffrec", "t-diffrec");
        assertThat(Files.readAllBytes(all.members().get(2).weights()))
                .isEqualTo(Files.readAllBytes(ArtifactReader.open(rows).weights()));
        assertThat(all.manifest().metrics())
                .containsKeys("model", "embeddings", "denoised", "l-diffrec", "t-diffrec", "linear");
        assertThat(all.manifest().metrics().get("t-diffrec"))
                .isEqualTo(ArtifactReader.open(rows).manifest().metrics().get("t-diffrec"));
        assertServes(all);
    }

    private static void assertServes(Artifact artifact) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                BlendedRecommender model = ModelFiles.of(
                                EnsembleMembers.of(artifact),
                                artifact.links(),
                                artifact.manifest().blend())
                        .load(manager)) {
            assertThat(model.views()).contains("embeddings", "denoised.visual", "l-diffrec", "t-diffrec", "linear");
            var history = new UserHistory(
                    OptionalInt.of(3), artifact.contents().histories().row(3));
            var query = new RankingQuery(history, new BitSet(), 10);
            assertThat(model.recommend(List.of(query), new StageTimes())
                            .getFirst()
                            .size())
                    .isEqualTo(10);
        }
    }

    @Test
    void train_withUnsuitableEnsemble_isRejectedBeforeAnythingIsWritten() throws IOException {
        Path rows = train("t-diffrec", List.of());
        DemoDataset.generate(new DemoSettings(80, 60, 8), directory.resolve("other"));

        assertThatThrownBy(() -> train("t-diffrec", List.of(rows)))
                .hasMessageContaining("a model of family t-diffrec, which the ensemble already contains");
        data = directory.resolve("other");
        assertThatThrownBy(() -> train("diffrec", List.of(rows))).hasMessageContaining("was trained on other data");
        assertThat(directory.resolve("artifacts").resolve("diffrec")).doesNotExist();
    }

    private Path train(String family, List<Path> ensemble) {
        TrainingRequest request = new TrainingRequest(
                DatasetSource.of(data),
                family,
                directory.resolve("artifacts"),
                Optional.of(family),
                OptionalInt.of(2),
                1,
                Optional.of("demo"),
                "cpu",
                false,
                1_000,
                new GateSettings(1, true),
                1,
                ensemble,
                Optional.empty());
        PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new TrainingJob(request, silent, new StopSignal(), false).run();
    }
}
