package io.diffmm.families.denoiser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HistorySplitTest {

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void draw_anyHistory_hasEveryItemInInputOrTarget(long seed) {
        int[] history = IntStream.range(0, 2 + (int) seed).map(at -> 7 * at).toArray();

        for (HistorySplit.Rule rule : List.of(HistorySplit.Rule.RANDOM, HistorySplit.Rule.LATER)) {
            HistorySplit split = rule.draw(history, new SplittableRandom(seed));

            assertThat(split.input()).isNotEmpty().isSorted();
            assertThat(split.target()).isNotEmpty();
            assertThat(IntStream.concat(IntStream.of(split.input()), IntStream.of(split.target())))
                    .containsExactlyInAnyOrder(IntStream.of(history).boxed().toArray(Integer[]::new));
        }
    }

    @Test
    void draw_random_hidesEveryItemAndEverySizeEquallyOften() {
        var random = new SplittableRandom(1);
        int[] hidden = new int[4];
        int[] sizes = new int[4];
        for (int draw = 0; draw < 30_000; draw++) {
            HistorySplit split = HistorySplit.Rule.RANDOM.draw(new int[] {0, 1, 2, 3}, random);
            sizes[split.target().length]++;
            for (int item : split.target()) {
                hidden[item]++;
            }
        }
        for (int item = 0; item < 4; item++) {
            assertThat(hidden[item]).isBetween(14_600, 15_400);
        }
        for (int size = 1; size < 4; size++) {
            assertThat(sizes[size]).isBetween(9_700, 10_300);
        }
    }

    @Test
    void draw_later_hidesEverythingAfterAPointInTime_andLeavesAtLeastAQuarter() {
        var random = new SplittableRandom(1);
        int[] history = IntStream.range(0, 12).toArray();
        int[] sizes = new int[12];
        for (int draw = 0; draw < 9_000; draw++) {
            HistorySplit split = HistorySplit.Rule.LATER.draw(history, random);
            sizes[split.input().length]++;
            assertThat(split.target()[0]).isEqualTo(split.input().length);
        }
        assertThat(IntStream.range(0, 12).filter(size -> sizes[size] > 0)).containsExactly(3, 4, 5, 6, 7, 8, 9, 10, 11);
        for (int size = 3; size < 12; size++) {
            assertThat(sizes[size]).isBetween(900, 1_100);
        }
    }
}
