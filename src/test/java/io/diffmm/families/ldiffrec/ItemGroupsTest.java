package io.diffmm.families.ldiffrec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ItemGroupsTest {

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        manager.getEngine().setRandomSeed(3);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void cluster_features_areTheColours() {
        assertColours(groups(Checkerboard.dataset("visual"), "auto", 2));
        assertColours(groups(Checkerboard.dataset("acoustic", "visual"), "auto", 2));
        assertColours(groups(Checkerboard.dataset("acoustic", "visual"), "visual", 2));
    }

    @Test
    void cluster_interactions_areTheColours() {
        assertColours(groups(Checkerboard.dataset(), "auto", 2));
        assertColours(groups(Checkerboard.dataset("visual"), "interactions", 2));
    }

    @Test
    void cluster_sameSeed_isTheSame() {
        Dataset dataset = Checkerboard.dataset("visual");

        assertThat(groups(dataset, "auto", 5)).isEqualTo(groups(dataset, "auto", 5));
    }

    @Test
    void cluster_oneGroup_isAllItems() {
        assertThat(groups(Checkerboard.dataset(), "auto", 1)).containsOnly(0).hasSize(Checkerboard.ITEMS);
    }

    @Test
    void cluster_missingModalityOrTooFewItems_isRefused() {
        assertThatThrownBy(() -> groups(Checkerboard.dataset("visual"), "textual", 2))
                .hasMessageContaining("'textual'")
                .hasMessageContaining("[visual]");
        assertThatThrownBy(() -> groups(Checkerboard.dataset(), "auto", 25))
                .hasMessageContaining("latent.clusters is 25; need at most the number of items, 24");
    }

    private int[] groups(Dataset dataset, String vectors, int count) {
        int before = manager.getManagedArrays().size();
        int[] groups = ItemGroups.cluster(dataset, vectors, count, 1, manager);
        assertThat(manager.getManagedArrays()).hasSize(before);
        return groups;
    }

    private static void assertColours(int[] groups) {
        assertThat(Arrays.stream(groups).sum()).as(Arrays.toString(groups)).isEqualTo(Checkerboard.ITEMS / 2);
        for (int item = 0; item < groups.length; item++) {
            assertThat(groups[item] == groups[0]).as(Arrays.toString(groups)).isEqualTo(Checkerboard.matches(0, item));
        }
    }
}
