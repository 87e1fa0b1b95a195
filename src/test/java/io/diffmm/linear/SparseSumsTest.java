package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparseSumsTest {

    private final SparseSums sums = new SparseSums(6);

    @Test
    void drain_givesSumsInTheOrderInWhichTheyWereBegun_andEmpties() {
        sums.add(4, 1);
        sums.add(2, 3);
        sums.add(new SparseRow(new int[] {4, 0}, new float[] {2, 4}), 0.5);

        assertRow(sums.drain(6), new int[] {4, 2, 0}, 2, 3, 2);
        assertThat(sums.drain(6).size()).isZero();
    }

    @Test
    void drain_ofFewer_keepsTheGreatest_andOfEqualOnesTheFirst() {
        sums.add(5, 1);
        sums.add(1, 2);
        sums.add(3, 1);
        sums.add(0, 1);
        sums.add(2, 4);

        assertRow(sums.drain(4), new int[] {5, 1, 3, 2}, 1, 2, 1, 4);
        assertThat(sums.drain(4).size()).isZero();
    }

    @Test
    void addingZero_beginsNoSum() {
        sums.add(5, 0);

        assertThat(sums.drain(6).size()).isZero();
    }

    private static void assertRow(SparseRow row, int[] places, double... values) {
        assertThat(IntStream.range(0, row.size()).map(row::place)).containsExactly(boxed(places));
        assertThat(IntStream.range(0, row.size()).mapToDouble(row::value).toArray())
                .containsExactly(values);
    }

    private static Integer[] boxed(int[] values) {
        return IntStream.of(values).boxed().toArray(Integer[]::new);
    }
}
