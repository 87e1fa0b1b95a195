package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.linear.SparseAccumulator.SparseRow;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SparseAccumulatorTest {

    private final SparseAccumulator.Dense sums = new SparseAccumulator.Dense(6);

    @Test
    void drain_returnsSumsInOrderOfFirstAddition_andEmpties() {
        sums.add(4, 1);
        sums.add(2, 3);
        sums.add(new SparseRow(new int[] {4, 0}, new float[] {2, 4}), 0.5);

        assertRow(sums.drain(6), new int[] {4, 2, 0}, 2, 3, 2);
        assertThat(sums.drain(6).size()).isZero();
    }

    @Test
    void drain_withLimit_keepsTheLargest_tiesInOrderOfFirstAddition() {
        sums.add(5, 1);
        sums.add(1, 2);
        sums.add(3, 1);
        sums.add(0, 1);
        sums.add(2, 4);

        assertRow(sums.drain(4), new int[] {5, 1, 3, 2}, 1, 2, 1, 4);
        assertThat(sums.drain(4).size()).isZero();
    }

    @Test
    void addZero_startsNoSum() {
        sums.add(5, 0);

        assertThat(sums.drain(6).size()).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void largest_equalsSortedArray(long seed) {
        var random = new SplittableRandom(seed);
        int size = 1 + (int) seed;
        double[] values = random.doubles(size + 3)
                .map(value -> seed % 2 == 0 ? value : Math.floor(4 * value)) // many ties
                .toArray();
        double[] sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);

        for (int rank = 1; rank <= size; rank++) {
            assertThat(SparseAccumulator.Dense.largest(values.clone(), size, rank))
                    .isEqualTo(sorted[size - rank]);
        }
    }

    private static void assertRow(SparseRow row, int[] places, double... values) {
        assertThat(IntStream.range(0, row.size()).map(row::index)).containsExactly(boxed(places));
        assertThat(IntStream.range(0, row.size()).mapToDouble(row::value).toArray())
                .containsExactly(values);
    }

    private static Integer[] boxed(int[] values) {
        return IntStream.of(values).boxed().toArray(Integer[]::new);
    }
}
