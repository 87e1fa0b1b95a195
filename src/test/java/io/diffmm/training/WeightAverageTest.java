package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.training.AdamOptimiser.WeightAverage;
import org.junit.jupiter.api.Test;

class WeightAverageTest {

    @Test
    void follow_matchesHandComputedAverage_andLeavesNoArray() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray weights = manager.create(new float[] {8, -8});
            NDArray average = manager.zeros(weights.getShape());
            var following = new WeightAverage(manager, new NDList(weights), new NDList(average), 0.75);
            int before = manager.getManagedArrays().size();

            following.follow();
            assertThat(average.toFloatArray()).containsExactly(2, -2); // 0.75 * 0 + 0.25 * 8
            following.follow();
            assertThat(average.toFloatArray()).containsExactly(3.5f, -3.5f); // 0.75 * 2 + 0.25 * 8

            assertThat(weights.toFloatArray()).containsExactly(8, -8);
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void follow_shareZero_equalsWeights() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDArray weights = manager.create(new float[] {0.1f, -3e7f});
            NDArray average = manager.create(new float[] {5e6f, 0.3f});

            new WeightAverage(manager, new NDList(weights), new NDList(average), 0).follow();

            assertThat(average.toFloatArray()).containsExactly(weights.toFloatArray());
        }
    }
}
