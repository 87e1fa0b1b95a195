package io.diffmm.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchSizesTest {

    @Test
    void any_doesNotPad() {
        BatchSizes sizes = BatchSizes.any(32);

        assertThat(sizes.warmed()).containsExactly(1, 32);
        assertThat(sizes.max()).isEqualTo(32);
        assertThat(sizes.padded(List.of("a", "b", "c"))).containsExactly("a", "b", "c");
        assertThat(BatchSizes.any(1).warmed()).containsExactly(1);
    }

    @Test
    void few_padsToTheNextSize() {
        BatchSizes sizes = BatchSizes.few(6);

        assertThat(sizes.warmed()).containsExactly(1, 2, 4, 6);
        assertThat(sizes.max()).isEqualTo(6);
        assertThat(sizes.padded(List.of("a"))).containsExactly("a");
        assertThat(sizes.padded(List.of("a", "b", "c"))).containsExactly("a", "b", "c", "a");
        assertThat(sizes.padded(List.of("a", "b", "c", "d", "e"))).containsExactly("a", "b", "c", "d", "e", "a");
    }
}
