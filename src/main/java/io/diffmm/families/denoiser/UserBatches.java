package io.diffmm.families.denoiser;

import io.diffmm.datasets.InteractionMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Histories in batches of users.
public final class UserBatches {

    private UserBatches() {}

    /// Returns every user once, in random order.
    public static int[] shuffled(InteractionMatrix histories, RandomGenerator random) {
        int[] users = new int[histories.rows()];
        for (int user = 0; user < users.length; user++) {
            int other = random.nextInt(user + 1);
            users[user] = users[other];
            users[other] = user;
        }
        return users;
    }

    /// Returns the number of batches of `users` users.
    public static int count(int users, int size) {
        return Math.ceilDiv(users, size);
    }

    /// Returns the histories of users in batches of `size`; the last batch may be smaller.
    public static Stream<List<int[]>> of(InteractionMatrix histories, int[] users, int size) {
        return IntStream.range(0, count(users.length, size))
                .mapToObj(batch -> Arrays.stream(users, batch * size, Math.min((batch + 1) * size, users.length))
                        .mapToObj(histories::row)
                        .toList());
    }
}
