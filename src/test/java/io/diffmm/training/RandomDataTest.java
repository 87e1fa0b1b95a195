package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.datasets.reading.NpyFile;
import io.diffmm.training.QualityGate.UnpublishedException;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models of uniformly random interactions, from which nothing can be learned.
class RandomDataTest {

    private static final int DATASETS = Integer.getInteger("diffmm.random-datasets", 32);

    /// Each fourth dataset trains DiffMM, the others MF-BPR.
    private static final int DIFFMM = 4;

    private static final int USERS = 80;
    private static final int ITEMS = 60;
    private static final int TRAIN = 7;
    private static final int FEATURES = 6;

    @TempDir
    Path directory;

    /// At most 2 of 32 such models pass the gate. If the gate lets 2 % of them pass, this holds with a
    /// probability of .974; if it lets 16 % pass, with .095:
    ///
    /// - .98^32 + 32 (.02) .98^31 + 496 (.02^2) .98^30 = .524 + .342 + .108
    /// - .84^32 + 32 (.16) .84^31 + 496 (.16^2) .84^30 = .004 + .023 + .068
    @Test
    void run_randomInteractions_isRarelyPublished() throws IOException {
        List<Integer> published = new ArrayList<>();
        for (int seed = 0; seed < DATASETS; seed++) {
            if (isPublished(seed)) {
                published.add(seed);
            }
        }

        assertThat(published).hasSizeLessThanOrEqualTo(DATASETS / 16);
    }

    private boolean isPublished(int seed) throws IOException {
        Path data = Files.createDirectory(directory.resolve("data-" + seed));
        StringBuilder train = new StringBuilder("user_id,item_id\n");
        StringBuilder valid = new StringBuilder("user_id,item_id\n");
        var random = new SplittableRandom(seed);
        for (int user = 0; user < USERS; user++) {
            int[] items = IntStream.generate(() -> random.nextInt(ITEMS))
                    .distinct()
                    .limit(TRAIN + 2)
                    .toArray();
            for (int at = 0; at < items.length; at++) {
                (at < TRAIN ? train : valid)
                        .append(user)
                        .append(',')
                        .append(items[at])
                        .append('\n');
            }
        }
        Files.writeString(data.resolve("train.csv"), train);
        Files.writeString(data.resolve("valid.csv"), valid);
        float[] features = new float[ITEMS * FEATURES];
        IntStream.range(0, features.length).forEach(at -> features[at] = (float) random.nextGaussian());
        NpyFile.writeFloat32(data.resolve("visual.npy"), new FeatureMatrix("visual", ITEMS, FEATURES, features));
        try {
            job(data, seed).run();
            return true;
        } catch (UnpublishedException _) {
            return false;
        }
    }

    private TrainingJob job(Path data, long seed) throws IOException {
        boolean diffmm = seed % DIFFMM == DIFFMM - 1;
        Path config = Files.writeString(
                directory.resolve("small.yaml"),
                diffmm
                        ? "preset: demo\nembedding-size: 4\noptimisation: {epochs: 4, diffusion-epochs: 2}\n"
                        : "preset: tiktok\nembedding-size: 4\noptimisation: {batch-size: 256, epochs: 4, learning-rate: 0.02}\n");
        TrainingRequest request = new TrainingRequest(
                DatasetSource.of(data),
                diffmm ? "diffmm" : "mf-bpr",
                directory.resolve("artifacts"),
                Optional.empty(),
                OptionalInt.empty(),
                seed,
                Optional.of(config.toString()),
                "cpu",
                false,
                1_000,
                GateSettings.defaults(),
                1,
                List.of(),
                Optional.empty());
        PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new TrainingJob(request, silent, new StopSignal(), false);
    }
}
