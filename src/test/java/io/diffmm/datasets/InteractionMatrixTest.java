package io.diffmm.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InteractionMatrixTest {

    @Test
    void transposed_holdsTheUsersOfEveryItem() {
        InteractionMatrix matrix = InteractionMatrix.of(4, List.of(new int[] {2, 0}, new int[] {}, new int[] {0}));

        InteractionMatrix transposed = matrix.transposed();

        assertThat(transposed.columns()).isEqualTo(3);
        assertThat(transposed.offsets()).containsExactly(0, 2, 2, 3, 3);
        assertThat(transposed.items()).containsExactly(0, 2, 0);
        assertThat(transposed.transposed().offsets()).isEqualTo(matrix.offsets());
        assertThat(transposed.transposed().items()).containsExactly(0, 2, 0);
    }
}
