package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.demo.SyntheticModel;
import io.diffmm.demo.SyntheticSettings;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.model.Recommender;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Model with indexes, compared with the same model scanned exactly.
class IndexedModelTest {

    private static final int ITEMS = 8000;

    @TempDir
    private Path directory;

    private final SyntheticModel model = new SyntheticModel(new SyntheticSettings(300, ITEMS, 32, 2, 5));
    private final SyntheticModel second = new SyntheticModel(new SyntheticSettings(300, ITEMS, 32, 2, 6));

    @Test
    void recommend_overIndexes_findsNearlyTheItemsOfScans_andFullLists() throws IOException {
        Path weights = directory.resolve("weights.safetensors");
        model.write(weights);
        files(weights).index(model.histories());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Recommender scanned = load(weights, SearchSettings.scans(Optional.empty()), manager);
                Recommender indexed = load(weights, new SearchSettings(Optional.empty(), ITEMS, 256), manager);
                BlendedRecommender narrow = load(weights, new SearchSettings(Optional.empty(), ITEMS, 1), manager);
                Recommender tooSmall = load(weights, new SearchSettings(Optional.empty(), ITEMS + 1, 256), manager)) {
            assertThat(indexed.precision()).isEqualTo("index");
            assertThat(tooSmall.precision()).isNotEqualTo("index");
            assertThat(recall(rankings(indexed, 20), rankings(scanned, 20))).isGreaterThan(0.95);
            assertThat(rankings(indexed, 20)).isEqualTo(rankings(indexed, 20));
            assertThat(rankings(indexed, ITEMS)).allMatch(ranking -> ranking.size() == ITEMS - seen());
            assertThat(indexed.indexRecall().orElseThrow()).isBetween(0.9, 1.0);
            assertThat(scanned.indexRecall()).isEmpty();

            assertThat(recall(rankings(narrow, 10), rankings(scanned, 10))).isLessThan(1);
            narrow.setExhaustive(true);
            assertThat(recall(rankings(narrow, 10), rankings(scanned, 10))).isEqualTo(1);
        }
    }

    /// Every search of the second model has an index of its own: with those of the first one its lists
    /// would differ.
    @Test
    void recommend_severalSeeds_overIndexes_findsNearlyTheItemsOfScans() throws IOException {
        ModelFiles files = new ModelFiles(
                List.of(member(model, "weights"), member(second, "weights-diffmm-2")),
                Optional.empty(),
                Optional.of(Blend.even(List.of("embeddings#2", "denoised.visual#2"))));
        files.index(model.histories());
        assertThat(directory.toFile().list((_, name) -> name.endsWith(".graph")))
                .containsExactlyInAnyOrder(
                        "index-ranking.graph",
                        "index-denoised-visual.graph",
                        "index-denoised-acoustic.graph",
                        "index-2-denoised-visual.graph",
                        "index-2-denoised-acoustic.graph");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Recommender scanned = files.load(manager, SearchSettings.scans(Optional.empty()));
                Recommender indexed = files.load(manager, new SearchSettings(Optional.empty(), ITEMS, 256))) {
            assertThat(indexed.precision()).isEqualTo("index");
            assertThat(recall(rankings(indexed, 20), rankings(scanned, 20))).isGreaterThan(0.95);
        }
    }

    private ModelFiles.Member member(SyntheticModel written, String name) throws IOException {
        Path weights = directory.resolve(name + ".safetensors");
        written.write(weights);
        return new ModelFiles.Member(DiffMmFamily.NAME, written.settings(), weights);
    }

    private BlendedRecommender load(Path weights, SearchSettings search, NDManager manager) throws IOException {
        return files(weights).load(manager, search);
    }

    private ModelFiles files(Path weights) {
        return ModelFiles.of(DiffMmFamily.NAME, model.settings(), weights);
    }

    private List<Ranking> rankings(Recommender recommender, int count) {
        return recommender.recommend(queries(count), new StageTimes());
    }

    private List<RankingQuery> queries(int count) {
        InteractionMatrix histories = model.histories();
        BitSet first = new BitSet();
        first.set(0, seen());
        return IntStream.range(0, 40)
                .mapToObj(user -> new UserHistory(OptionalInt.of(user), histories.row(user)))
                .map(history -> new RankingQuery(history, first, count))
                .toList();
    }

    /// Excluded items.
    private static int seen() {
        return 100;
    }

    private static double recall(List<Ranking> found, List<Ranking> expected) {
        double both = 0;
        double all = 0;
        for (int at = 0; at < found.size(); at++) {
            BitSet common = Evaluator.bits(found.get(at).rows());
            common.and(Evaluator.bits(expected.get(at).rows()));
            both += common.cardinality();
            all += expected.get(at).size();
        }
        return both / all;
    }
}
