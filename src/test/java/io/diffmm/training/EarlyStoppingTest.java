package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.training.TrainingLoop.EarlyStopping;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {

    @Test
    void after_equalScore_keepsEarlierBestEpoch() {
        EarlyStopping stopping =
                EarlyStopping.start(2).after(1, 0.1).after(2, 0.3).after(3, 0.3);

        assertThat(stopping.bestEpoch()).isEqualTo(2);
        assertThat(stopping.bestScore()).isEqualTo(0.3);
        assertThat(stopping.isBest(2)).isTrue();
        assertThat(stopping.isBest(3)).isFalse();
    }

    @Test
    void stopsAfter_patienceExhausted_isTrue() {
        EarlyStopping stopping = EarlyStopping.start(2).after(1, 0.5);

        assertThat(stopping.stopsAfter(2)).isFalse();
        assertThat(stopping.stopsAfter(3)).isTrue();
        assertThat(EarlyStopping.start(2).stopsAfter(0)).isFalse();
    }
}
