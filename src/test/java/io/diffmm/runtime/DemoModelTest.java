package io.diffmm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.ranking.TopK;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The model that lies in this repository, loaded as serving loads it.
class DemoModelTest {

    private static final Path ARTIFACTS = Path.of("model-artifacts");

    @Test
    void open_loadsScoresAndCloses() throws Exception {
        try (ModelRuntime runtime = ModelRuntime.open(settings(ARTIFACTS))) {
            ServedModel model = runtime.model();
            assertThat(model.name()).isEqualTo("demo");
            assertThat(model.device()).isEqualTo("cpu");
            int user = model.users().row("u42").orElseThrow();
            int[] history = model.histories().row(user);

            Scores trained = runtime.score(OptionalInt.of(user), history).get(20, TimeUnit.SECONDS);
            Scores session = runtime.score(OptionalInt.empty(), history).get(20, TimeUnit.SECONDS);
            Scores similar = runtime.similar(0).get(20, TimeUnit.SECONDS);

            assertThat(trained.values()).hasSize(model.items().size());
            assertThat(TopK.best(similar.values(), Evaluator.bits(new int[0]), 1))
                    .containsExactly(0);
            assertThat(overlap(trained, session, history)).isGreaterThanOrEqualTo(10);
            assertThat(runtime.ready()).isTrue();
        }
    }

    /// How many of the best 20 of two rankings are the same.
    private static long overlap(Scores a, Scores b, int[] history) {
        int[] first = TopK.best(a.values(), Evaluator.bits(history), 20);
        int[] second = TopK.best(b.values(), Evaluator.bits(history), 20);
        return Evaluator.bits(first).stream()
                .filter(Evaluator.bits(second)::get)
                .count();
    }

    @Test
    void artifact_isSmallerThanThreeMegabytes_andBeatsPopularity() throws IOException {
        try (Stream<Path> files = Files.walk(ARTIFACTS.resolve("demo"));
                LoadedModel model = LoadedModel.open(ARTIFACTS, Optional.of("demo"), "cpu")) {
            long bytes = files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
            assertThat(bytes).isLessThan(3_000_000);
            assertThat(recall(model, "model")).isGreaterThan(2 * recall(model, "popularity"));
        }
    }

    private static double recall(LoadedModel model, String measured) {
        return model.describe().metrics().getOrDefault(measured, Map.of()).getOrDefault("recall@20", Double.NaN);
    }

    @Test
    void open_directoryWithoutModels_isRefused() {
        assertThatThrownBy(() -> ModelRuntime.open(settings(Path.of("src"))))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("no published model");
    }

    private static RuntimeSettings settings(Path artifacts) {
        return new RuntimeSettings(artifacts, Optional.empty(), "cpu", 16, 4, Duration.ofSeconds(10));
    }
}
