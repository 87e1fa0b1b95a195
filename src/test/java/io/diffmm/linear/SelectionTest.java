package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SelectionTest {

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void greatest_isWhatSortingGives(long seed) {
        var random = new SplittableRandom(seed);
        int size = 1 + (int) seed;
        double[] values = random.doubles(size + 3)
                .map(value -> seed % 2 == 0 ? value : Math.floor(4 * value)) // many equal ones
                .toArray();
        double[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);

        for (int rank = 1; rank <= size; rank++) {
            assertThat(Selection.greatest(values.clone(), size, rank)).isEqualTo(sorted[size - rank]);
        }
    }
}
