package io.diffmm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RecencyTest {

    @Test
    void weights_withoutRecency_areExactlyOne() {
        assertThat(Recency.NONE.weights(3)).containsExactly(1, 1, 1);
        assertThat(new Recency(0, 0).weights(7)).containsOnly(1);
        assertThat(Recency.NONE.weights(0)).isEmpty();
    }

    @Test
    void weights_areThePowerOfThePosition_dividedByTheirMean() {
        double[] plain = {0.1 + 0.9 / 8, 1}; // (1 / 2)^3 and 1
        double mean = (plain[0] + plain[1]) / 2;

        assertThat(new Recency(0.1, 3).weights(2))
                .containsExactly(new double[] {plain[0] / mean, plain[1] / mean}, within(1e-15));
        assertThat(Arrays.stream(new Recency(0.3, 2).weights(50)).average().orElseThrow())
                .isCloseTo(1, within(1e-12));
        assertThat(new Recency(0, 1).weights(9)).isSorted();
    }

    @Test
    void recency_outOfRange_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Recency(1.1, 0))
                .withMessageContaining("recency.floor is 1.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Recency(0, Double.NaN))
                .withMessageContaining("recency.power is NaN");
    }
}
