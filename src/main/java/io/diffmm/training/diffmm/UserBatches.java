package io.diffmm.training.diffmm;

import io.diffmm.datasets.InteractionMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Histories in batches of users.
final class UserBatches {

    private UserBatches() {}

    /// How many batches so many users make.
    static int count(int users, int size) {
        return Math.ceilDiv(users, size);
    }

    /// The histories of users, `size` at a time; the last batch may be smaller.
    static Stream<List<int[]>> of(InteractionMatrix histories, int[] users, int size) {
        return IntStream.range(0, count(users.length, size))
                .mapToObj(batch -> Arrays.stream(users, batch * size, Math.min((batch + 1) * size, users.length))
                        .mapToObj(histories::row)
                        .toList());
    }
}
