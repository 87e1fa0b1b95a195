package io.diffmm;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetNotes;
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

/// A small dataset whose right answer is known: even users like even items, odd users odd ones, and each user has
/// not seen some of the items of the own colour. The features tell the colours apart, too.
public final class Checkerboard {

    public static final int USERS = 40;
    public static final int ITEMS = 24;
    private static final int FEATURES = 4;

    private Checkerboard() {}

    /// Whether an item is of the user's colour.
    public static boolean matches(int user, int item) {
        return user % 2 == item % 2;
    }

    /// The items that a user saw: two thirds of the colour's.
    public static int[] history(int user) {
        return IntStream.range(0, ITEMS)
                .filter(item -> matches(user, item) && (item / 2 + user / 2) % 3 != 0)
                .toArray();
    }

    /// The items of the colour that a user did not see.
    public static int[] unseen(int user) {
        return IntStream.range(0, ITEMS)
                .filter(item -> matches(user, item) && (item / 2 + user / 2) % 3 == 0)
                .toArray();
    }

    /// The dataset, with features of as many modalities as there are names.
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
                new DatasetNotes(USERS, ITEMS, train.size(), heldOut.interactions(), 0, 0, 0, 0, 0));
    }

    /// The dataset without features, whose users had their items in orders of their own.
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
