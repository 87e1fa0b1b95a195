package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FoldTrainingTest {

    private static final int GROUPS = 20;

    /// Users of a group, and items that they share.
    private static final int GROUP = 6;

    @TempDir
    Path directory;

    private Path data;
    private int epochs = 3;
    private String changes = "";
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void generate() throws IOException {
        data = directory.resolve("data");
        DemoDataset.generate(new DemoSettings(80, 60, 7), data);
    }

    @Test
    void run_smallValid_trainsThreeFoldsAndReportsTheChoice() throws IOException {
        Path published = job("auto", List.of(), printed, new StopSignal()).run();

        JsonNode report = new JsonMapper().readTree(published.resolve("report.json"));
        assertThat(text())
                .contains("fold 1 of 3: training without", "fold 3 of 3", "regret on fresh users", "out of fold");
        assertThat(report.at("/blending/selection/foldUsers").asInt()).isEqualTo(80);
        assertThat(report.at("/settings/views/folds").asString()).isEqualTo("auto");
        assertThat(report.get("stages")
                        .valueStream()
                        .map(stage -> stage.get("stage").asString()))
                .contains("train fold 1 of 3", "train fold 3 of 3", "choose the blend");
        assertThat(ArtifactReader.open(published)
                        .manifest()
                        .gate()
                        .orElseThrow()
                        .popularity())
                .isPresent();
    }

    /// The users of a group have the same items in another order, so that each hidden item is known from
    /// the other users of its user's group, and only from them. Histories of other users lead elsewhere.
    @Test
    void run_hiddenItemsOfTheGroup_areFound() throws IOException {
        writeGroups(false);

        assertThat(foldsNdcg()).isGreaterThan(0.9);
    }

    /// The newest item of each user belongs to no other user. Only a model that has seen the hidden
    /// interaction, of which it should know nothing, connects this item with the user's others: with links
    /// fitted to all data the figure is .55, with weights trained on all data .026, else zero.
    @Test
    void run_hiddenItemsOfNoOtherUser_areNotFound() throws IOException {
        writeGroups(true);
        epochs = 40;
        changes = // the last epoch is the best
                "fold-in: 1\noptimisation: {learning-rate: 0.05, regularisation: 0, batch-size: 64, interval: 40}\n";

        assertThat(foldsNdcg()).isLessThan(0.01);
    }

    /// NDCG@20 of the blend on the folds.
    private double foldsNdcg() throws IOException {
        Path published = job("3", List.of(), printed, new StopSignal()).run();
        JsonNode report = new JsonMapper().readTree(published.resolve("report.json"));
        assertThat(report.at("/blending/selection/foldUsers").asInt()).isEqualTo(GROUPS * GROUP);
        return report.at("/blending/selection/folds").asDouble();
    }

    /// Replaces the data by groups of users. An item of the next group is held out for `valid`.
    ///
    /// @param own whether each user has one more item, the newest, that no other user has
    private void writeGroups(boolean own) throws IOException {
        StringBuilder train = new StringBuilder("user_id,item_id\n");
        StringBuilder valid = new StringBuilder("user_id,item_id\n");
        for (int group = 0; group < GROUPS; group++) {
            for (int member = 0; member < GROUP; member++) {
                String user = "u%d.%d".formatted(group, member);
                for (int at = 0; at < GROUP; at++) {
                    train.append("%s,i%d.%d\n".formatted(user, group, (member + at) % GROUP));
                }
                train.append(own ? "%s,own.%s\n".formatted(user, user) : "");
                valid.append("%s,i%d.%d\n".formatted(user, (group + 1) % GROUPS, member));
            }
        }
        data = Files.createDirectory(directory.resolve("groups"));
        Files.writeString(data.resolve("train.csv"), train);
        Files.writeString(data.resolve("valid.csv"), valid);
    }

    @Test
    void run_withFolds_publishesTheSameWeights() throws IOException {
        Path with = job("2", List.of(), printed, new StopSignal()).run();
        Path without = job("0", List.of(), printed, new StopSignal()).run();

        assertThat(text()).contains("fold 2 of 2").doesNotContain("of 3");
        assertThat(weights(with)).isEqualTo(weights(without));
        JsonNode report = new JsonMapper().readTree(without.resolve("report.json"));
        assertThat(report.at("/blending/selection/foldUsers").asInt()).isZero();
        assertThat(report.at("/blending/selection/folds").isNull()).isTrue();
    }

    @Test
    void run_stoppedInFold_resumesToTheSameBlend() throws IOException {
        Path straight = job("2", List.of(), printed, new StopSignal()).run();
        StopSignal stop = new StopSignal();
        OutputStream stops = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                super.write(bytes, from, length);
                if (toString(StandardCharsets.UTF_8).contains("fold 2 of 2")) {
                    stop.request();
                }
            }
        };
        assertThatThrownBy(() -> job("2", List.of(), stops, stop).run())
                .isInstanceOf(TrainingStoppedException.class)
                .hasMessageContaining("fold 2 of 2");

        Path resumed = job("2", List.of(), printed, new StopSignal(), true).run();

        assertThat(ArtifactReader.open(resumed).manifest().blend())
                .isEqualTo(ArtifactReader.open(straight).manifest().blend());
    }

    @Test
    void run_foldsBesidePublishedModels_isRejectedBeforeTraining() {
        Path rows = job("0", List.of(), printed, new StopSignal()).run();

        assertThatThrownBy(() -> job("diffrec", "3", List.of(rows), printed, new StopSignal(), false)
                        .run())
                .hasMessageContaining("views.folds is 3")
                .hasMessageContaining("set views.folds to 0");
        assertThat(directory.resolve("artifacts/diffrec")).doesNotExist();
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static byte[] weights(Path version) throws IOException {
        return Files.readAllBytes(ArtifactReader.open(version).weights());
    }

    private TrainingJob job(String folds, List<Path> ensemble, OutputStream out, StopSignal stop) {
        return job(folds, ensemble, out, stop, false);
    }

    private TrainingJob job(String folds, List<Path> ensemble, OutputStream out, StopSignal stop, boolean resume) {
        return job("mf-bpr", folds, ensemble, out, stop, resume);
    }

    private TrainingJob job(
            String family, String folds, List<Path> ensemble, OutputStream out, StopSignal stop, boolean resume) {
        TrainingRequest request = new TrainingRequest(
                DatasetSource.of(data),
                family,
                directory.resolve("artifacts"),
                Optional.of(family),
                OptionalInt.of(epochs),
                1,
                Optional.of(config(family, folds)),
                "cpu",
                resume,
                1_000,
                new GateSettings(1, true),
                1,
                ensemble,
                Optional.empty());
        return new TrainingJob(request, new PrintStream(out, true, StandardCharsets.UTF_8), stop, false);
    }

    private String config(String family, String folds) {
        try {
            String preset = family.equals("mf-bpr") ? "tiktok" : "demo";
            return Files.writeString(
                            directory.resolve("folds.yaml"),
                            "preset: %s\n%sviews: {folds: %s}\n".formatted(preset, changes, folds))
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
