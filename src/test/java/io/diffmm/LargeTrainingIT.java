package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.reading.NpyFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Memory bound of training: one epoch on 200,000 users and 50,000 items, whose 10 billion pairs do not fit in memory.
///
/// Narrow layers and no contrastive loss keep the duration within minutes. Arrays whose length is the number of users
/// or items keep their full length.
class LargeTrainingIT {

    private static final int USERS = 200_000;
    private static final int ITEMS = 50_000;
    private static final int ITEMS_OF_A_USER = 3;
    private static final int FEATURES = 16;
    private static final long LIMIT = 12L << 30;

    private static final String HISTORY = """
            preset: tiktok
            embedding-size: 8
            recommendation: {bridge: none}
            diffusion: {hidden: [8]}
            optimisation: {epochs: 1, batch-size: 65536}
            views: {folds: 0, linear: {links: 20, walk-steps: 3}}
            """;

    private static final String PUBLISHED = """
            preset: paper
            embedding-size: 8
            recommendation: {contrast: {weight: 0}}
            diffusion: {hidden: [8], objective: hidden-items, start: spectral, dropout: 0, msi-weight: 0}
            optimisation: {epochs: 1, batch-size: 65536}
            views: {folds: 0, linear: {links: 20, walk-steps: 3}}
            """;

    @TempDir
    static Path directory;

    @BeforeEach
    void invent() throws IOException {
        var random = new SplittableRandom(7);
        Path data = Files.createDirectories(directory.resolve("data"));
        try (PrintWriter train = new PrintWriter(data.resolve("train.csv").toFile(), StandardCharsets.UTF_8);
                PrintWriter valid = new PrintWriter(data.resolve("valid.csv").toFile(), StandardCharsets.UTF_8)) {
            train.println("user_id,item_id");
            valid.println("user_id,item_id");
            for (int user = 0; user < USERS; user++) {
                int taste = random.nextInt(ITEMS);
                for (int at = 0; at < ITEMS_OF_A_USER; at++) {
                    train.printf("%d,%d%n", user, near(taste, random));
                }
                if (user % 1_000 == 0) {
                    valid.printf("%d,%d%n", user, near(taste, random));
                }
            }
        }
        float[] features = new float[ITEMS * FEATURES];
        for (int at = 0; at < features.length; at++) {
            features[at] = (float) random.nextGaussian();
        }
        NpyFile.writeFloat32(data.resolve("visual.npy"), new FeatureMatrix("visual", ITEMS, FEATURES, features));
    }

    private static int near(int taste, SplittableRandom random) {
        return (taste + random.nextInt(20)) % ITEMS;
    }

    @ParameterizedTest
    @ValueSource(strings = {HISTORY, PUBLISHED})
    void epoch_staysWithin12GiB(String settings) throws Exception {
        Files.writeString(directory.resolve("narrow.yaml"), settings);
        Jar.Result trained = Jar.run(
                directory, "train", "--data", "data", "--artifacts", "artifacts", "--config", "narrow.yaml", "--force");

        assertThat(trained.exitCode()).as(trained.err()).isZero();
        Path model = directory.resolve("artifacts/data");
        Path version = model.resolve(Files.readString(model.resolve("current")).strip());
        JsonNode report = new JsonMapper().readTree(version.resolve("report.json"));
        assertThat(report.at("/dataset/notes/users").asInt()).isEqualTo(USERS);
        assertThat(report.at("/dataset/notes/items").asInt()).isEqualTo(ITEMS);
        for (JsonNode stage : report.get("stages")) {
            assertThat(stage.get("peakBytes").asLong())
                    .as(stage.get("stage").asString())
                    .isBetween(1L << 20, LIMIT);
        }
    }
}
