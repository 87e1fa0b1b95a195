package io.diffmm.training;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactContents;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.HeldOutUser;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.evaluation.Ranker;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;

/// A ranking of a published model for the users and items of a dataset, which need not be those it was trained on.
///
/// Users and items go by their ids. What the model does not know it cannot recommend; what the dataset no longer has it
/// may not.
final class CurrentRanker implements Ranker {

    private static final int UNKNOWN = -1;

    private final Ranker ranker;
    private final IdIndex users;
    private final int[] toModel; // the model's row of each item of the dataset, or UNKNOWN
    private final int[] toDataset;
    private final BitSet gone; // rows of the model that the dataset does not have

    /// A ranking by rows of the dataset.
    ///
    /// @param ranker ranks by rows of the model; has its histories from [#histories]
    CurrentRanker(ArtifactContents contents, ItemCatalogue items, Ranker ranker) {
        this.ranker = ranker;
        this.users = contents.users();
        this.toModel = rows(items, contents.items());
        this.toDataset = rows(contents.items(), items);
        this.gone = new BitSet();
        IntStream.range(0, toDataset.length)
                .filter(row -> toDataset[row] == UNKNOWN)
                .forEach(gone::set);
    }

    private static int[] rows(ItemCatalogue from, ItemCatalogue to) {
        return from.items().stream()
                .mapToInt(item -> to.row(item.id()).orElse(UNKNOWN))
                .toArray();
    }

    /// Histories as the model knows their items, by the id of the user.
    static Function<HeldOutUser, int[]> histories(Dataset dataset, ArtifactContents contents) {
        int[] toModel = rows(dataset.items(), contents.items());
        return user -> {
            OptionalInt row = dataset.users().row(user.id());
            return row.isEmpty() ? new int[0] : known(dataset.train().row(row.getAsInt()), toModel);
        };
    }

    private static int[] known(int[] items, int[] translation) {
        return Arrays.stream(items)
                .map(item -> translation[item])
                .filter(row -> row != UNKNOWN)
                .toArray();
    }

    @Override
    public List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count) {
        Map<String, BitSet> left = new HashMap<>();
        for (HeldOutUser user : users) {
            left.put(user.id(), leftOut(excluded.apply(user)));
        }
        List<HeldOutUser> known = users.stream()
                .map(user -> new HeldOutUser(this.users.row(user.id()), user.id(), user.items()))
                .toList();
        return ranker.rank(known, user -> left.getOrDefault(user.id(), new BitSet()), count).stream()
                .map(rows -> known(rows, toDataset))
                .toList();
    }

    private BitSet leftOut(BitSet items) {
        BitSet left = new BitSet();
        left.or(gone);
        items.stream().map(item -> toModel[item]).filter(row -> row != UNKNOWN).forEach(left::set);
        return left;
    }
}
