package io.diffmm.families.ldiffrec;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LatentWidthsTest {

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void widths_sumToTheWhole_andFollowTheSizes(long seed) {
        var random = new SplittableRandom(seed);
        int count = 1 + random.nextInt(5);
        int width = count + random.nextInt(40);
        int[] groups = IntStream.concat(
                        IntStream.range(0, count),
                        random.ints(random.nextInt(100), 0, count).map(group -> group * group / count))
                .toArray();

        int[] widths = new ItemGroups(groups, count, width).widths();

        assertThat(Arrays.stream(widths).sum()).isEqualTo(width);
        assertThat(Arrays.stream(widths).min().getAsInt()).isPositive();
        for (int group = 0; group < count; group++) {
            int own = group;
            double share = (double) width
                    * Arrays.stream(groups).filter(each -> each == own).count()
                    / groups.length;
            assertThat((double) widths[group]).isBetween(Math.floor(share) - count, Math.max(1, Math.ceil(share)));
        }
    }

    @Test
    void mask_isOneWhereTheGroupsAreTheSame() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            var groups = new ItemGroups(new int[] {0, 1, 0}, 2, 3);

            assertThat(groups.widths()).containsExactly(2, 1);
            assertThat(groups.mask(manager).toFloatArray()).containsExactly(1, 1, 0, 0, 0, 1, 1, 1, 0);
            float first = (float) Math.sqrt(2.0 / (2 + 4));
            assertThat(groups.deviations(manager).toFloatArray())
                    .containsExactly(first, first, (float) Math.sqrt(2.0 / (1 + 2)));
        }
    }
}
