package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.engine.PyTorch;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedSequenceTest {

    @Test
    void begin_sameSeedAndEpoch_drawsSameNumber() {
        assertThat(first(7, 3)).isEqualTo(first(7, 3));
    }

    @Test
    void begin_otherEpochsAndNeighbouringSeeds_drawOtherNumbers() {
        Set<Long> drawn = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            for (int epoch = 0; epoch < 20; epoch++) {
                drawn.add(first(seed, epoch));
            }
        }
        assertThat(drawn).hasSize(400);
    }

    private static long first(long seed, int epoch) {
        return new SeedSequence(seed, PyTorch.engine()).begin(epoch).nextLong();
    }
}
