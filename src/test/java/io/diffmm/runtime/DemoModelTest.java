package io.diffmm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.runtime.ModelRuntime.RuntimeSettings;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The demo model of this repository, loaded as serving loads it.
class DemoModelTest {

    private static final Path ARTIFACTS = Path.of("model-artifacts");
    private static final Path VERSION = ArtifactLocator.resolve(ARTIFACTS, Optional.of("demo"));
    private static final RuntimeSettings SETTINGS =
            new RuntimeSettings("cpu", "auto", 1000, 16, Duration.ofMinutes(1), 2, 16, 4, Duration.ofSeconds(10));

    @Test
    void open_loadsScoresAndCloses() throws Exception {
        try (ModelRuntime runtime = ModelRuntime.open(VERSION, SETTINGS, RuntimeListener.none(), LoadPriority.NORMAL)) {
            ServedModel model = runtime.model();
            assertThat(model.name()).isEqualTo("demo");
            assertThat(model.device()).isEqualTo("cpu");
            int user = model.users().row("u42").orElseThrow();
            int[] history = model.histories().row(user);

            BitSet seen = Evaluator.bits(history);
            Ranking trained = get(runtime.recommend(OptionalInt.of(user), history, seen, 20));
            Ranking session = get(runtime.recommend(OptionalInt.empty(), history, seen, 20));
            Ranking everything = get(runtime.recommend(
                    OptionalInt.of(user), history, new BitSet(), model.items().size()));
            Ranking similar = get(runtime.similar(0, 5));

            assertThat(everything.size()).isEqualTo(model.items().size());
            assertThat(similar.rows()).hasSize(5).doesNotContain(0);
            assertThat(overlap(trained, session)).isGreaterThanOrEqualTo(10);
            assertThat(Evaluator.bits(trained.rows()).intersects(seen)).isFalse();
            assertThat(runtime.ready()).isTrue();
        }
    }

    @Test
    void explain_rankedItems_splitsTheScoresByViewAndHistory() throws Exception {
        try (ModelRuntime runtime = ModelRuntime.open(VERSION, SETTINGS, RuntimeListener.none(), LoadPriority.NORMAL)) {
            ServedModel model = runtime.model();
            OptionalInt user = model.users().row("u42");
            int[] history = model.histories().row(user.orElseThrow());
            Ranking best = get(runtime.recommend(user, history, Evaluator.bits(history), 20));

            List<Explanation> explanations = get(runtime.explain(user, history, best.rows(), true));

            for (int place = 0; place < best.size(); place++) {
                Explanation explanation = explanations.get(place);
                assertThat((float) explanation.score()).isCloseTo(best.score(place), within(1e-4f));
                assertThat(explanation.parts()).containsOnlyKeys("denoised.visual", "linear");
                assertThat(explanation.reasons())
                        .hasSize(3)
                        .allMatch(reason -> Evaluator.bits(history).get(reason.item()));
            }
            assertThat(get(runtime.explain(user, history, best.rows(), true))).isEqualTo(explanations);
            assertThat(runtime.full()).isFalse();
        }
    }

    private static <A> A get(CompletableFuture<A> answer) throws Exception {
        return answer.get(20, TimeUnit.SECONDS);
    }

    /// Counts the common items of two rankings.
    private static long overlap(Ranking a, Ranking b) {
        BitSet both = Evaluator.bits(a.rows());
        both.and(Evaluator.bits(b.rows()));
        return both.cardinality();
    }

    @Test
    void artifact_isSmallerThanThreeMegabytes_andBeatsPopularity() throws IOException {
        try (Stream<Path> files = Files.walk(ARTIFACTS.resolve("demo"));
                LoadedModel model = LoadedModel.open(VERSION, "cpu", SearchSettings.defaults())) {
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
}
