package io.diffmm.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.demo.DemoDataset.DemoHistory;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.demo.DemoDataset.DemoWorld;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DemoWorldTest {

    @Test
    void affinity_asRanking_hasSeveralTimesTheRecallOfPopularity() {
        var world = new DemoWorld(DemoSettings.DEFAULT);
        double[] popularity = trainCounts(world);

        double known = recallAt20(world, user -> {
            DemoTaste taste = world.taste(user);
            return item -> taste.affinity(world.items(), item);
        });
        double popular = recallAt20(world, user -> item -> popularity[item]);

        assertThat(known).isGreaterThan(3 * popular);
        assertThat(popular).isGreaterThan(20.0 / 300);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void anySeed_givesEveryUserAHistoryOfDifferentItems(long seed) {
        var world = new DemoWorld(new DemoSettings(50, 60 + (int) seed, seed));

        for (int user = 0; user < 50; user++) {
            DemoHistory history = world.history(user);
            Set<Integer> all = new HashSet<>(history.train());
            all.addAll(history.valid());
            all.addAll(history.test());
            assertThat(history.train()).hasSizeGreaterThanOrEqualTo(8);
            assertThat(history.valid()).isNotEmpty().hasSameSizeAs(history.test());
            assertThat(all).hasSize(history.train().size() + 2 * history.valid().size());
        }
    }

    @Test
    void draw_matchesTheStatedProbabilities() {
        var world = new DemoWorld(new DemoSettings(1, 60, 7));
        DemoTaste taste = world.taste(0);
        double[] expected = IntStream.range(0, 60)
                .mapToDouble(
                        item -> world.items().popularity(item) * Math.exp(12 * taste.affinity(world.items(), item)))
                .toArray();
        double sum = IntStream.range(0, 60).mapToDouble(item -> expected[item]).sum();
        int[] drawn = new int[60];
        var random = new SplittableRandom(1);

        for (int draw = 0; draw < 20_000; draw++) {
            drawn[taste.draw(world.items(), 1, random).getFirst()]++;
        }

        // Five standard deviations of a frequency over 20,000 draws are at most 5 * sqrt(0.25 / 20000) = 0.018.
        for (int item = 0; item < 60; item++) {
            assertThat(drawn[item] / 20_000.0).isCloseTo(expected[item] / sum, within(0.018));
        }
    }

    @Test
    void titles_ofOneCategory_areAllDifferent() {
        List<String> titles = IntStream.range(0, 2_000)
                .mapToObj(index -> DemoTitles.title(3, index))
                .toList();

        assertThat(titles).doesNotHaveDuplicates();
    }

    private static double[] trainCounts(DemoWorld world) {
        double[] counts = new double[world.items().size()];
        for (int user = 0; user < world.settings().users(); user++) {
            world.history(user).train().forEach(item -> counts[item]++);
        }
        return counts;
    }

    private static double recallAt20(DemoWorld world, IntFunction<IntToDoubleFunction> scores) {
        double sum = 0;
        for (int user = 0; user < world.settings().users(); user++) {
            DemoHistory history = world.history(user);
            IntToDoubleFunction score = scores.apply(user);
            Set<Integer> seen = new HashSet<>(history.train());
            seen.addAll(history.valid());
            long hits = IntStream.range(0, world.items().size())
                    .boxed()
                    .filter(item -> !seen.contains(item))
                    .sorted((left, right) -> Double.compare(score.applyAsDouble(right), score.applyAsDouble(left)))
                    .limit(20)
                    .filter(history.test()::contains)
                    .count();
            sum += (double) hits / history.test().size();
        }
        return sum / world.settings().users();
    }
}
