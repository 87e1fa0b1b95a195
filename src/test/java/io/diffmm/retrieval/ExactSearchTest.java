package io.diffmm.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.SparseScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExactSearchTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void best_anyVectorsInAnyPrecision_equalsTheBruteForceList(long seed) {
        var random = new SplittableRandom(seed);
        ItemVectors vectors = randomVectors(random);
        List<double[]> queries = IntStream.range(0, 1 + random.nextInt(12))
                .mapToObj(_ -> randomVector(vectors.width(), random))
                .toList();
        List<TopKRequest> requests = queries.stream()
                .map(_ -> new TopKRequest(
                        randomItems(vectors.size(), random),
                        random.nextInt(2 * vectors.size()),
                        Catalogue.randomScores(vectors.size(), random)))
                .toList();
        Precision precision = precision(random);
        try (var search = new ExactSearch(vectors, Optional.of(precision), manager)) {
            List<Ranking> best = search.best(queries, requests);
            for (int row = 0; row < queries.size(); row++) {
                assertThat(best.get(row)).isEqualTo(bruteForce(vectors, queries.get(row), requests.get(row)));
            }
        }
    }

    /// Items whose products differ by less than the precision resolves, in a catalogue so large that most items are
    /// no candidates: an error bound that is too small fails here.
    @ParameterizedTest
    @CsvSource({"FLOAT32, 2e-7", "BFLOAT16, 2e-3", "INT8, 4e-3"})
    void best_nearTiesInALargeCatalogue_equalsTheBruteForceList(Precision precision, float difference) {
        var random = new SplittableRandom(5);
        ItemVectors vectors = nearTies(difference, random);
        List<double[]> queries = IntStream.range(0, 40)
                .mapToObj(_ -> randomVector(vectors.width(), random))
                .toList();
        List<TopKRequest> requests = queries.stream()
                .map(_ -> new TopKRequest(
                        randomFew(vectors.size(), random), 20, littleScores(vectors.size(), difference, random)))
                .toList();
        try (var scan = new FlatScan(vectors, precision, manager);
                NDManager scope = scan.newScope()) {
            ApproximateScores products = scan.products(queries, scope);
            List<Ranking> best = ExactSearch.best(vectors, scan, queries, requests);
            int multiplied = 0;
            for (int row = 0; row < queries.size(); row++) {
                assertThat(best.get(row)).isEqualTo(bruteForce(vectors, queries.get(row), requests.get(row)));
                List<Integer> candidates = new ArrayList<>();
                products.candidates(row, requests.get(row), candidates::add);
                multiplied += candidates.size();
            }
            assertThat(multiplied).isLessThan(queries.size() * vectors.size() / 2);
        }
    }

    /// Creates items of which every eighth is close to one of four directions.
    private ItemVectors nearTies(float difference, SplittableRandom random) {
        int items = 64 * 100;
        int width = 32;
        float[] values = new float[items * width];
        for (int item = 0; item < items; item++) {
            var direction = new SplittableRandom(item % 8 == 0 ? 3 + item / 8 % 4 : 1000 + item);
            float length = item % 8 == 0 ? 1 : 0.3f;
            for (int at = 0; at < width; at++) {
                float value = length * (float) direction.nextDouble(-1, 1);
                values[item * width + at] = value * (1 + difference * (float) random.nextDouble(-1, 1));
            }
        }
        return ItemVectors.of(EngineArrays.dense(manager, values, new Shape(items, width)), manager);
    }

    /// Returns score offsets as small as the differences of those items, for none, few or half of them.
    private static SparseScores littleScores(int items, float difference, SplittableRandom random) {
        int share = List.of(0, 1, 50).get(random.nextInt(3));
        int[] scored = IntStream.range(0, items)
                .filter(item -> item % 8 == 0 && random.nextInt(100) < share)
                .toArray();
        return new SparseScores(
                scored, random.doubles(scored.length, -difference, difference).toArray());
    }

    private static BitSet randomFew(int items, SplittableRandom random) {
        BitSet chosen = new BitSet();
        IntStream.range(0, random.nextInt(10)).forEach(_ -> chosen.set(random.nextInt(items)));
        return chosen;
    }

    @ParameterizedTest
    @EnumSource
    void approximateScores_areWithinTheirErrorBounds(Precision precision) {
        var random = new SplittableRandom(1);
        for (int round = 0; round < 60; round++) {
            ItemVectors vectors = randomVectors(random);
            List<double[]> queries = IntStream.range(0, 1 + random.nextInt(40))
                    .mapToObj(_ -> randomVector(vectors.width(), random))
                    .toList();
            try (var scan = new FlatScan(vectors, precision, manager);
                    NDManager scope = scan.newScope()) {
                ApproximateScores products = scan.products(queries, scope);
                for (int row = 0; row < queries.size(); row++) {
                    for (int item = 0; item < vectors.size(); item++) {
                        double exact = vectors.product(queries.get(row), item);
                        assertThat((double) products.value(row, item))
                                .isCloseTo(exact, within(products.error(row, products.value(row, item))));
                    }
                }
            }
        }
    }

    @Test
    void best_equalScores_areOrderedByAscendingItem() {
        float[] same = new float[300 * 3];
        Arrays.fill(same, 0.1f);
        ItemVectors vectors = ItemVectors.of(EngineArrays.dense(manager, same, new Shape(300, 3)), manager);
        BitSet excluded = new BitSet();
        excluded.set(0, 2);
        for (Precision precision : Precision.values()) {
            try (var search = new ExactSearch(vectors, Optional.of(precision), manager)) {
                Ranking best = search.best(List.of(new double[] {1, 2, 3}), List.of(new TopKRequest(excluded, 4)))
                        .getFirst();
                assertThat(best.rows()).containsExactly(2, 3, 4, 5);
            }
        }
    }

    @Test
    void best_addedScoresBeyondFloat32_areRankedFirstAndLast() {
        ItemVectors vectors = randomVectors(new SplittableRandom(6));
        int items = vectors.size();
        double[] scores = new double[items];
        scores[0] = -1e39;
        scores[items - 1] = 1e39;
        var added = new SparseScores(IntStream.range(0, items).toArray(), scores);
        for (Precision precision : Precision.values()) {
            try (var search = new ExactSearch(vectors, Optional.of(precision), manager)) {
                Ranking best = search.best(
                                List.of(new double[vectors.width()]),
                                List.of(new TopKRequest(new BitSet(), items, added)))
                        .getFirst();
                assertThat(best.size()).isEqualTo(items);
                assertThat(best.row(0)).isEqualTo(items - 1);
                assertThat(best.row(items - 1)).isZero();
            }
        }
    }

    @Test
    void best_leavesNoNativeArrayBehind() {
        var random = new SplittableRandom(3);
        ItemVectors vectors = randomVectors(random);
        try (var search = new ExactSearch(vectors, Optional.empty(), manager)) {
            manager.cap();
            int before = manager.getManagedArrays().size();
            for (int round = 0; round < 20; round++) {
                search.best(
                        List.of(randomVector(vectors.width(), random)),
                        List.of(new TopKRequest(new BitSet(), 1 + round)));
            }
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void best_queryWithNaN_isRejected() {
        ItemVectors vectors = randomVectors(new SplittableRandom(4));
        double[] query = new double[vectors.width()];
        query[0] = Double.NaN;
        try (var search = new ExactSearch(vectors, Optional.of(Precision.FLOAT32), manager)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> search.best(List.of(query), List.of(new TopKRequest(new BitSet(), 3))))
                    .withMessageContaining("not a number");
        }
    }

    @Test
    void precision_unknown_isRejected() {
        assertThat(Precision.parse("auto")).isEmpty();
        assertThat(Precision.parse("bfloat16")).contains(Precision.BFLOAT16);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Precision.parse("float8"))
                .withMessage("precision is 'float8', not auto, float32, bfloat16 or int8");
    }

    private static Precision precision(SplittableRandom random) {
        List<Precision> all = List.of(Precision.values());
        return all.get(random.nextInt(all.size()));
    }

    private ItemVectors randomVectors(SplittableRandom random) {
        int items = 1 + random.nextInt(300);
        int width = 1 + random.nextInt(80);
        float[] values = new float[items * width];
        float scale = (float) Math.exp(random.nextDouble(-6, 4));
        for (int at = 0; at < values.length; at++) {
            values[at] = scale * (float) random.nextDouble(-1, 1);
        }
        float[] biases = new float[items];
        for (int item = 0; item < items; item++) {
            biases[item] = random.nextInt(2) * (float) random.nextDouble(-1, 1);
        }
        return ItemVectors.of(
                EngineArrays.dense(manager, values, new Shape(items, width)),
                EngineArrays.dense(manager, biases, new Shape(items)),
                manager);
    }

    private static double[] randomVector(int width, SplittableRandom random) {
        double scale = Math.exp(random.nextDouble(-4, 4));
        return IntStream.range(0, width)
                .mapToDouble(_ -> random.nextInt(4) * scale * random.nextDouble(-1, 1))
                .toArray();
    }

    private static BitSet randomItems(int items, SplittableRandom random) {
        BitSet chosen = new BitSet();
        int share = 1 + random.nextInt(20);
        IntStream.range(0, items).filter(_ -> random.nextInt(share) == 0).forEach(chosen::set);
        return chosen;
    }

    private static double score(ItemVectors vectors, double[] query, TopKRequest request, int item) {
        return vectors.product(query, item) + request.added().of(item);
    }

    private static Ranking bruteForce(ItemVectors vectors, double[] query, TopKRequest request) {
        List<Integer> items = IntStream.range(0, vectors.size())
                .filter(item -> !request.excluded().get(item))
                .boxed()
                .sorted(Comparator.comparingDouble((Integer item) -> -score(vectors, query, request, item))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(request.count())
                .toList();
        int[] rows = items.stream().mapToInt(Integer::intValue).toArray();
        float[] scores = new float[rows.length];
        for (int place = 0; place < rows.length; place++) {
            scores[place] = (float) score(vectors, query, request, rows[place]);
        }
        return new Ranking(rows, scores);
    }
}
