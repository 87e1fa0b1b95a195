package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.InteractionMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddingTableTest {

    private static final int SIZE = 3;

    @Test
    void itemUserMeans_usersWithLongAndShortHistories_countsEachUserOnceOverAllItems() {
        InteractionMatrix histories = InteractionMatrix.of(4, List.of(new int[] {0}, new int[] {2, 0, 1}));

        float[] means = means(new float[] {1, 10, 100, 5, 50, 500}, histories);

        // item 0: (1 * 1 + 1/3 * 5) / (1 + 1/3) = 2; items 1 and 2 have the second user alone, item 3 has none
        assertThat(means).containsExactly(new float[] {2, 20, 200, 5, 50, 500, 5, 50, 500, 0, 0, 0}, within(1e-4f));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void itemUserMeans_anyHistories_isTheWeightedMeanOverTheUsersOfEachItem(long seed) {
        var random = new SplittableRandom(seed);
        int users = 1 + random.nextInt(1 + (int) seed);
        int items = 1 + random.nextInt(12);
        InteractionMatrix histories = histories(random, users, items);
        float[] embeddings = new float[users * SIZE];
        for (int at = 0; at < embeddings.length; at++) {
            embeddings[at] = (float) random.nextDouble(-1, 1);
        }

        float[] means = means(embeddings, histories);

        assertThat(means).hasSize(items * SIZE);
        for (int at = 0; at < means.length; at++) {
            assertThat((double) means[at]).isCloseTo(mean(embeddings, histories, at / SIZE, at % SIZE), within(1e-6));
        }
    }

    /// Mean by its definition, item by item.
    private static double mean(float[] embeddings, InteractionMatrix histories, int item, int column) {
        double sum = 0;
        double total = 0;
        for (int user : histories.transposed().row(item)) {
            double weight = 1.0 / histories.row(user).length;
            sum += weight * embeddings[user * SIZE + column];
            total += weight;
        }
        return total == 0 ? 0 : sum / total;
    }

    /// Random histories; some are empty, and some items have no users.
    private static InteractionMatrix histories(SplittableRandom random, int users, int items) {
        List<int[]> rows = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            double share = random.nextDouble();
            rows.add(IntStream.range(0, items)
                    .filter(_ -> random.nextDouble() < share * share)
                    .toArray());
        }
        return InteractionMatrix.of(items, rows);
    }

    private static float[] means(float[] embeddings, InteractionMatrix histories) {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            return EmbeddingTable.of(manager.create(embeddings, new Shape(embeddings.length / SIZE, SIZE)))
                    .itemUserMeans(histories);
        }
    }
}
