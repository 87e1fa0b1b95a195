package io.diffmm.families.denoiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.diffusion.SparseRows;
import io.diffmm.families.denoiser.DenoiserSettings.Objective;
import io.diffmm.model.Recency;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryRowsTest {

    private static final List<int[]> HISTORIES = List.of(new int[] {4, 1, 3}, new int[] {2}, new int[0]);
    private static final TemporalWeights LINEAR = new TemporalWeights(0.2, 1, 1);

    @Test
    void of_reconstruction_holdsTheTemporalWeights() {
        SparseRows rows = new HistoryRows(5, Objective.RECONSTRUCTION, 1, LINEAR).of(HISTORIES);

        assertThat(rows.rows().getFirst()).containsExactly(4, 1, 3);
        assertThat(rows.values().getFirst()).containsExactly(0.2f, 0.6f, 1);
        assertThat(rows.values().get(1)).containsExactly(1);
        assertThat(rows.values().get(2)).isEmpty();
    }

    @Test
    void of_otherObjectives_sumToTheSameWhateverTheLength() {
        HistoryRows rows = new HistoryRows(5, Objective.LATER_ITEMS, 9, LINEAR);

        assertThat(rows.of(HISTORIES).values().getFirst()).containsExactly(1, 3, 5);
        assertThat(rows.of(HISTORIES).values().get(1)).containsExactly(9);
        assertThat(rows.targets(3).of(HISTORIES).values().getFirst()).containsExactly(1, 1, 1);
    }

    @Test
    void of_withRecency_multipliesTheWeights() {
        HistoryRows rows = new HistoryRows(5, Objective.RECONSTRUCTION, 1, TemporalWeights.NONE);

        // 1/3, 2/3, 1 with a mean of 2/3
        assertThat(rows.of(HISTORIES, new Recency(0, 1)).values().getFirst()).containsExactly(0.5f, 1, 1.5f);
    }

    @Test
    void weights_byPower() {
        assertThat(new TemporalWeights(0.1, 1, 3).weights(3)).containsExactly(0.1, 0.1 + 0.9 / 8, 1);
        assertThat(TemporalWeights.NONE.weights(2)).containsExactly(1, 1);
    }

    @Test
    void weights_outOfRange_areRefused() {
        assertThatThrownBy(() -> new TemporalWeights(0.1, 0, 1)).hasMessageContaining("temporal.greatest is 0.0");
        assertThatThrownBy(() -> new TemporalWeights(2, 1, 1)).hasMessageContaining("temporal.least is 2.0");
        assertThatThrownBy(() -> new TemporalWeights(Double.NaN, 1, 1)).hasMessageContaining("temporal.least is NaN");
        assertThatThrownBy(() -> new TemporalWeights(0, 1, -1)).hasMessageContaining("temporal.power is -1.0");
    }
}
