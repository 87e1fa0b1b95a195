package io.diffmm.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StepEmbeddingTest {

    @Test
    void of_thirdStep_hasCosinesThenSinesOfTwo() {
        float[] embedding = new StepEmbedding(4).of(3);

        // frequencies 1 and 10000^(-1/2) = 0.01; the third step counts as 2
        assertThat(embedding[0]).isCloseTo((float) Math.cos(2), within(1e-6f));
        assertThat(embedding[1]).isCloseTo((float) Math.cos(0.02), within(1e-6f));
        assertThat(embedding[2]).isCloseTo((float) Math.sin(2), within(1e-6f));
        assertThat(embedding[3]).isCloseTo((float) Math.sin(0.02), within(1e-6f));
    }

    @Test
    void oddSize_isRefused() {
        assertThatThrownBy(() -> new StepEmbedding(9)).hasMessageContaining("size 9");
    }
}
