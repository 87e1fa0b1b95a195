package io.diffmm.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.HnswIndexBuilder.HnswSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HnswSearchTest {

    private static final HnswSettings SETTINGS = new HnswSettings(12, 8, 40, 1);

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void best_anyCatalogue_givesFullListsOfExactScoresInOrder(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        Catalogue catalogue = Catalogue.of(1 + random.nextInt(1 + 5 * (int) seed), 1 + random.nextInt(24), 4, random);
        int width = 1 + random.nextInt(8);
        try (HnswSearch search = open(catalogue, width, SETTINGS)) {
            for (double[] query : catalogue.queries()) {
                TopKRequest request = new TopKRequest(
                        randomItems(catalogue, random),
                        random.nextInt(12),
                        Catalogue.randomScores(catalogue.vectors().size(), random));
                Ranking best = search.best(List.of(query), List.of(request)).getFirst();
                requireFullAndExact(catalogue, query, request, best);
            }
        }
    }

    private static void requireFullAndExact(Catalogue catalogue, double[] query, TopKRequest request, Ranking best) {
        var found = new BitSet();
        for (int place = 0; place < best.size(); place++) {
            found.set(best.row(place));
            assertThat(request.excluded().get(best.row(place))).isFalse();
        }
        var others = new BitSet();
        others.set(0, catalogue.vectors().size());
        others.andNot(found);
        int expected = catalogue.bruteForce(query, request).size();
        assertThat(best)
                .hasToString(catalogue
                        .bruteForce(query, new TopKRequest(others, expected, request.added()))
                        .toString());
        assertThat(best.size()).isEqualTo(expected);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void best_widthThatCoversTheCatalogue_equalsBruteForce(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        Catalogue catalogue = Catalogue.of(1 + random.nextInt(1 + (int) seed), 1 + random.nextInt(9), 3, random);
        try (HnswSearch search = open(catalogue, catalogue.vectors().size(), SETTINGS)) {
            for (double[] query : catalogue.queries()) {
                TopKRequest request = new TopKRequest(
                        randomItems(catalogue, random),
                        random.nextInt(1 + 2 * (int) seed),
                        Catalogue.randomScores(catalogue.vectors().size(), random));
                assertThat(search.best(List.of(query), List.of(request)))
                        .containsExactly(catalogue.bruteForce(query, request));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void recall_structuredCatalogue_isAlmostOne(int threads) throws IOException {
        Catalogue catalogue = Catalogue.of(6_000, 48, 600, new SplittableRandom(1));
        try (HnswSearch search = open(catalogue, 100, HnswSettings.DEFAULT.withThreads(threads))) {
            assertThat(search.recall(catalogue.queries().subList(0, 100), 20)).isGreaterThanOrEqualTo(0.98);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-12, 1e-6, 1e6, 1e12})
    void recall_scoresOfAnySize_isAlmostOne(double size) throws IOException {
        Catalogue catalogue =
                Catalogue.of(3_000, 32, 300, new SplittableRandom(1)).times(size);
        try (HnswSearch search = open(catalogue, 100, HnswSettings.DEFAULT)) {
            assertThat(search.recall(catalogue.queries().subList(0, 50), 20)).isGreaterThanOrEqualTo(0.98);
        }
    }

    @Test
    void recall_queriesUnlikeTheSample_isStillHighWithAGreaterWidth() throws IOException {
        Catalogue catalogue = Catalogue.of(6_000, 16, 300, new SplittableRandom(1));
        List<double[]> others =
                Catalogue.of(1, 16, 100, new SplittableRandom(2)).queries();
        try (HnswSearch search = open(catalogue, 300, new HnswSettings(16, 16, 100, 1))) {
            assertThat(search.recall(others, 10)).isGreaterThanOrEqualTo(0.9);
        }
    }

    @Test
    void best_nearlyAllItemsExcluded_findsTheOthers() throws IOException {
        Catalogue catalogue = Catalogue.of(5_000, 16, 50, new SplittableRandom(3));
        double[] query = catalogue.queries().getFirst();
        var excluded = new BitSet();
        excluded.set(0, 5_000);
        List.of(17, 2_000, 4_999).forEach(excluded::clear);
        try (HnswSearch search = open(catalogue, 50, SETTINGS)) {
            TopKRequest request = new TopKRequest(excluded, 20);
            assertThat(search.best(List.of(query), List.of(request)))
                    .containsExactly(catalogue.bruteForce(query, request));
        }
    }

    @Test
    void best_bestItemsExcluded_findsTheNextBest() throws IOException {
        Catalogue catalogue = Catalogue.of(6_000, 32, 300, new SplittableRandom(4));
        try (HnswSearch search = open(catalogue, 100, SETTINGS)) {
            double found = 0;
            for (double[] query : catalogue.queries().subList(0, 50)) {
                var excluded = new BitSet();
                for (int item : catalogue.bruteForce(query, Catalogue.all(100)).rows()) {
                    excluded.set(item);
                }
                TopKRequest request = new TopKRequest(excluded, 10);
                found += shared(
                        search.best(List.of(query), List.of(request)).getFirst(), catalogue.bruteForce(query, request));
            }
            assertThat(found / (50 * 10)).isGreaterThanOrEqualTo(0.98);
        }
    }

    @Test
    void best_moreThanAllItemsRequested_returnsAllInOrder() throws IOException {
        Catalogue catalogue = Catalogue.of(400, 8, 20, new SplittableRandom(5));
        double[] query = catalogue.queries().getFirst();
        try (HnswSearch search = open(catalogue, 4, SETTINGS)) {
            assertThat(search.best(List.of(query), List.of(Catalogue.all(1_000))))
                    .containsExactly(catalogue.bruteForce(query, Catalogue.all(400)));
        }
    }

    @Test
    void best_equalItems_areOrderedByAscendingItem() throws IOException {
        ItemVectors vectors = Catalogue.vectors(Collections.nCopies(500, new float[] {1, 2, 3}), new float[500]);
        var catalogue = new Catalogue(vectors, List.of(new double[] {1, 1, 1}, new double[] {0, 1, -1}));
        try (HnswSearch search = open(catalogue, 500, SETTINGS)) {
            Ranking best = search.best(List.of(new double[] {1, 0, 0}), List.of(Catalogue.all(4)))
                    .getFirst();
            assertThat(best.rows()).containsExactly(0, 1, 2, 3);
        }
        try (HnswSearch search = open(catalogue, 4, SETTINGS)) {
            assertThat(search.best(List.of(new double[] {1, 0, 0}), List.of(Catalogue.all(4)))
                            .getFirst()
                            .scores())
                    .containsExactly(1, 1, 1, 1);
        }
    }

    @Test
    void best_zeroVectorsAndZeroQueries_haveZeroScores() throws IOException {
        ItemVectors vectors = Catalogue.vectors(Collections.nCopies(300, new float[4]), new float[300]);
        var catalogue = new Catalogue(vectors, List.of(new double[4]));
        try (HnswSearch search = open(catalogue, 3, SETTINGS)) {
            Ranking best = search.best(List.of(new double[4]), List.of(Catalogue.all(5)))
                    .getFirst();
            assertThat(best.scores()).containsExactly(0, 0, 0, 0, 0);
        }
    }

    @Test
    void best_oneItem_isThatItem() throws IOException {
        var catalogue = new Catalogue(
                Catalogue.vectors(List.of(new float[] {2, -1}), new float[] {0.5f}), List.of(new double[] {1, 1}));
        try (HnswSearch search = open(catalogue, 1, SETTINGS)) {
            assertThat(search.best(List.of(new double[] {3, 1}), List.of(Catalogue.all(20))))
                    .containsExactly(new Ranking(new int[] {0}, new float[] {5.5f}));
            assertThat(search.best(List.of(new double[] {3, 1}), List.of(Catalogue.all(0))))
                    .containsExactly(Ranking.empty());
        }
    }

    @Test
    void write_sameInputOnOneThread_writesTheSameFile() throws IOException {
        Catalogue catalogue = Catalogue.of(2_000, 16, 100, new SplittableRandom(6));
        Path again = directory.resolve("again");
        HnswIndexBuilder.write(again, catalogue.vectors(), catalogue.queries(), SETTINGS);
        Path file = directory.resolve("file");
        HnswIndexBuilder.write(file, catalogue.vectors(), catalogue.queries(), SETTINGS);

        assertThat(Files.mismatch(file, again)).isEqualTo(-1);
    }

    @Test
    void vectors_areThoseOfTheCatalogue() throws IOException {
        Catalogue catalogue = Catalogue.of(50, 7, 5, new SplittableRandom(7));
        try (HnswSearch search = open(catalogue, 5, SETTINGS)) {
            for (int item = 0; item < 50; item++) {
                assertThat(search.vectors().vector(item))
                        .isEqualTo(catalogue.vectors().vector(item));
                assertThat(search.vectors().bias(item))
                        .isEqualTo(catalogue.vectors().bias(item));
            }
        }
    }

    @Test
    void write_noItemOrNoQuery_isRefused() {
        Path file = directory.resolve("file");
        ItemVectors none =
                new ItemVectors(java.lang.foreign.MemorySegment.NULL, java.lang.foreign.MemorySegment.NULL, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HnswIndexBuilder.write(file, none, List.of(new double[4]), SETTINGS));
        Catalogue catalogue = Catalogue.of(3, 4, 1, new SplittableRandom(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HnswIndexBuilder.write(file, catalogue.vectors(), List.of(), SETTINGS));
        assertThatIllegalArgumentException().isThrownBy(() -> HnswSearch.open(file, 0));
    }

    @Test
    void settings_outsideTheirRange_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new HnswSettings(0, 8, 40, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new HnswSettings(8, 1, 40, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new HnswSettings(8, 8, 40, 0));
    }

    private HnswSearch open(Catalogue catalogue, int width, HnswSettings settings) throws IOException {
        Path file = directory.resolve("index");
        HnswIndexBuilder.write(file, catalogue.vectors(), catalogue.queries(), settings);
        return HnswSearch.open(file, width);
    }

    private static BitSet randomItems(Catalogue catalogue, SplittableRandom random) {
        int size = catalogue.vectors().size();
        double share = random.nextDouble();
        var items = new BitSet();
        for (int item = 0; item < size; item++) {
            items.set(item, random.nextInt(3) > 0 && random.nextDouble() < share);
        }
        return items;
    }

    private static int shared(Ranking left, Ranking right) {
        List<Integer> common = new ArrayList<>();
        for (int item : left.rows()) {
            for (int other : right.rows()) {
                if (item == other) {
                    common.add(item);
                }
            }
        }
        return common.size();
    }
}
