package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.training.QualityGate.UnpublishedException;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models of uniformly random interactions, from which nothing can be learned.
class RandomDataTest {

    private static final int DATASETS = Integer.getInteger("diffmm.random-datasets", 25);

    private static final int USERS = 80;
    private static final int ITEMS = 60;
    private static final int TRAIN = 7;

    @TempDir
    Path directory;

    /// At most 5 % of such models pass the gate. With 25 datasets, five or more have a probability of
    /// .007.
    @Test
    void run_randomInteractions_isRarelyPublished() throws IOException {
        int published = 0;
        for (int seed = 0; seed < DATASETS; seed++) {
            published += isPublished(seed) ? 1 : 0;
        }

        assertThat(published).isLessThanOrEqualTo(DATASETS <= 25 ? 4 : DATASETS / 20);
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
        try {
            job(data, seed).run();
            return true;
        } catch (UnpublishedException _) {
            return false;
        }
    }

    private TrainingJob job(Path data, long seed) throws IOException {
        Path config = Files.writeString(
                directory.resolve("small.yaml"),
                "preset: tiktok\nembedding-size: 4\noptimisation: {batch-size: 256, epochs: 4, learning-rate: 0.02}\n");
        TrainingRequest request = new TrainingRequest(
                DatasetSource.of(data),
                "mf-bpr",
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
