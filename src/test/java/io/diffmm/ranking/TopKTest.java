package io.diffmm.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TopKTest {

    private static final BitSet NONE = new BitSet();

    @Test
    void best_leavesOutExcludedRows() {
        assertThat(TopK.best(new float[] {1, 4, 3, 2}, BitSet.valueOf(new long[] {0b0010}), 2))
                .containsExactly(2, 3);
    }

    @Test
    void best_equalScores_lowerRowFirst() {
        assertThat(TopK.best(new float[] {5, 7, 7, 5, 7}, NONE, 4)).containsExactly(1, 2, 4, 0);
    }

    @Test
    void best_moreThanThereAre_returnsAll() {
        assertThat(TopK.best(new float[] {1, 2}, NONE, 10)).containsExactly(1, 0);
    }

    @Test
    void best_none_isEmpty() {
        assertThat(TopK.best(new float[] {1, 2}, NONE, 0)).isEmpty();
        assertThat(TopK.best(new float[0], NONE, 3)).isEmpty();
    }

    @Test
    void best_infinities_areOrdered() {
        float[] scores = {Float.NEGATIVE_INFINITY, 0, Float.POSITIVE_INFINITY};

        assertThat(TopK.best(scores, NONE, 3)).containsExactly(2, 1, 0);
    }

    @Test
    void best_nanAtAnyPlace_isRejected() {
        for (int place = 0; place < 6; place++) {
            float[] scores = {6, 5, 4, 3, 2, 1};
            scores[place] = Float.NaN;

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TopK.best(scores, NONE, 2))
                    .withMessage("score of row %d is not a number", place);
        }
    }

    @Test
    void best_negativeCount_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> TopK.best(new float[1], NONE, -1));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void best_isTheHeadOfAFullSort(long seed) {
        var random = new SplittableRandom(seed);
        int rows = random.nextInt(1 + (int) seed);
        float[] scores = new float[rows];
        BitSet excluded = new BitSet();
        for (int row = 0; row < rows; row++) {
            scores[row] = random.nextInt(1 + rows); // many ties
            excluded.set(row, random.nextInt(4) == 0);
        }
        int k = random.nextInt(rows + 2);

        int[] sorted = IntStream.range(0, rows)
                .filter(row -> !excluded.get(row))
                .boxed()
                .sorted(Comparator.comparingDouble((Integer row) -> -scores[row])
                        .thenComparing(row -> row))
                .limit(k)
                .mapToInt(Integer::intValue)
                .toArray();

        assertThat(TopK.best(scores, excluded, k)).containsExactly(sorted);
    }
}
