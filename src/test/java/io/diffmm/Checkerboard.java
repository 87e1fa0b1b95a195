package io.diffmm;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Small dataset with a known optimal ranking: even users prefer even items, odd users odd items. Each user has not yet
/// seen some of the preferred items. The item features separate the two groups as well.
public final class Checkerboard {

    public static final int USERS = 40;
    public static final int ITEMS = 24;
    private static final int FEATURES = 4;

    private Checkerboard() {}

    /// Returns true if an item belongs to the group that the user prefers.
    public static boolean matches(int user, int item) {
        return user % 2 == item % 2;
    }

    /// Returns the items that a user has seen: two thirds of the preferred items.
    public static int[] history(int user) {
        return IntStream.range(0, ITEMS)
                .filter(item -> matches(user, item) && (item / 2 + user / 2) % 3 != 0)
                .toArray();
    }

    /// Returns the preferred items that a user has not seen.
    public static int[] unseen(int user) {
        return IntStream.range(0, ITEMS)
                .filter(item -> matches(user, item) && (item / 2 + user / 2) % 3 == 0)
                .toArray();
    }

    /// Returns the dataset with features of the named modalities.
    public static Dataset dataset(String... modalities) {
        List<int[]> rows = new ArrayList<>();
        List<HeldOutUser> valid = new ArrayList<>();
        List<String> users = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            rows.add(history(user));
            users.add("u" + user);
            valid.add(new HeldOutUser(OptionalInt.of(user), "u" + user, unseen(user)));
        }
        InteractionMatrix train = InteractionMatrix.of(ITEMS, rows);
        List<Item> items =
                IntStream.range(0, ITEMS).mapToObj(item -> Item.of("i" + item)).toList();
        List<FeatureMatrix> features = IntStream.range(0, modalities.length)
                .mapToObj(m -> features(modalities[m], m))
                .toList();
        HeldOut heldOut = new HeldOut(valid, 0, 0, 0);
        return new Dataset(
                IdIndex.of(users),
                ItemCatalogue.of(items),
                train,
                Optional.empty(),
                Optional.of(heldOut),
                features,
                "checkerboard",
                new DatasetCounts(USERS, ITEMS, train.size(), heldOut.interactions(), 0, 0, 0, 0, 0));
    }

    /// Returns the dataset without features, with each history in a random order.
    public static Dataset unordered() {
        Dataset ordered = dataset();
        List<int[]> rows = IntStream.range(0, USERS)
                .mapToObj(user -> Arrays.stream(history(user))
                        .boxed()
                        .sorted(Comparator.comparingInt(item -> new SplittableRandom(31L * user + item).nextInt()))
                        .mapToInt(Integer::intValue)
                        .toArray())
                .toList();
        return new Dataset(
                ordered.users(),
                ordered.items(),
                InteractionMatrix.of(ITEMS, rows),
                ordered.times(),
                ordered.valid(),
                ordered.features(),
                "unordered checkerboard",
                ordered.notes());
    }

    private static FeatureMatrix features(String modality, int shift) {
        float[] values = new float[ITEMS * FEATURES];
        for (int item = 0; item < ITEMS; item++) {
            for (int j = 0; j < FEATURES; j++) {
                values[item * FEATURES + j] = (item % 2 == 0 ? 1 : -1) * (float) Math.cos(j + shift + 0.01 * item);
            }
        }
        return new FeatureMatrix(modality, ITEMS, FEATURES, values);
    }
}
