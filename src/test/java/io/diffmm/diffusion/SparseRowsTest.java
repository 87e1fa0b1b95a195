package io.diffmm.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.Test;

class SparseRowsTest {

    private static final List<int[]> HISTORIES = List.of(new int[] {2, 0}, new int[0], new int[] {1});

    @Test
    void toDense_clicksAndShares_haveTheirValues() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            assertThat(SparseRows.clicks(3, HISTORIES).toDense(manager).toFloatArray())
                    .containsExactly(1, 0, 1, 0, 0, 0, 0, 1, 0);
            assertThat(SparseRows.shares(3, HISTORIES).toDense(manager).toFloatArray())
                    .containsExactly(0.5f, 0, 0.5f, 0, 0, 0, 0, 1, 0);
        }
    }

    @Test
    void entries_keepTheOrderOfTheirRow() {
        SparseRows rows =
                new SparseRows(3, HISTORIES, List.of(new float[] {0.2f, 0.8f}, new float[0], new float[] {3}));
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            assertThat(rows.columns(manager).toLongArray()).containsExactly(2, 0, 1);
            assertThat(rows.offsets(manager).toLongArray()).containsExactly(0, 2, 2);
            assertThat(rows.values(manager).toFloatArray()).containsExactly(0.2f, 0.8f, 3);
            assertThat(rows.toDense(manager).toFloatArray()).containsExactly(0.8f, 0, 0.2f, 0, 0, 0, 0, 3, 0);
        }
    }

    @Test
    void valuesOfOtherLength_areRejected() {
        assertThatThrownBy(() -> new SparseRows(3, HISTORIES, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 rows have values of 0");
        assertThatThrownBy(() -> new SparseRows(3, List.of(new int[] {1, 2}), List.of(new float[] {1})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("row 0 has 2 columns and 1 values");
    }
}
