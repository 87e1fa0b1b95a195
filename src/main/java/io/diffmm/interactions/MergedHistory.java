package io.diffmm.interactions;

import io.diffmm.datasets.ItemCatalogue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// One history of a user: what a model was trained on, and what the user has done since.
///
/// Items of the model come first, in their order, then live ones by time; an item that is both is where the user last
/// did something with it. Items that were taken back are left out of the model's, as is everything of somebody who was
/// erased.
public final class MergedHistory {

    private final int[] items;
    private final BitSet seen;
    private final int unknownItems;

    private MergedHistory(int[] items, BitSet seen, int unknownItems) {
        this.items = items;
        this.seen = seen;
        this.unknownItems = unknownItems;
    }

    /// Merges.
    ///
    /// @param trained rows of the items of the model's history, oldest first; not written to
    /// @param activity what the store knows of the user
    /// @param catalogue the items that the model knows
    /// @param most items that count, the newest
    public static MergedHistory of(int[] trained, Activity activity, ItemCatalogue catalogue, int most) {
        List<Integer> live = new ArrayList<>(activity.live().size()); // newest first
        var seen = new BitSet();
        for (Activity.Live item : activity.live()) {
            OptionalInt row = catalogue.row(item.itemId());
            if (row.isPresent()) {
                live.add(row.getAsInt());
                seen.set(row.getAsInt());
            }
        }
        int[] older = activity.erased() ? new int[0] : older(trained, seen, activity, catalogue);
        int[] all = IntStream.concat(
                        IntStream.of(older), live.reversed().stream().mapToInt(Integer::intValue))
                .toArray();
        IntStream.of(older).forEach(seen::set);
        int unknown = activity.live().size() - live.size();
        return new MergedHistory(newest(all, most), seen, unknown);
    }

    /// The history of a model alone.
    public static MergedHistory of(int[] trained, int most) {
        var seen = new BitSet();
        IntStream.of(trained).forEach(seen::set);
        return new MergedHistory(newest(trained, most), seen, 0);
    }

    private static int[] older(int[] trained, BitSet live, Activity activity, ItemCatalogue catalogue) {
        return IntStream.of(trained)
                .filter(row -> !live.get(row))
                .filter(row -> activity.removed().isEmpty()
                        || !activity.removed().contains(catalogue.item(row).id()))
                .toArray();
    }

    private static int[] newest(int[] items, int most) {
        return items.length <= most ? items : Arrays.copyOfRange(items, items.length - most, items.length);
    }

    /// Rows of the items that count, oldest first; not to be written to.
    public int[] items() {
        return items;
    }

    /// Rows of all items that the user knows, those too old to count among them; not to be written to.
    public BitSet seen() {
        return seen;
    }

    /// How many items the user did something with that the model does not know.
    public int unknownItems() {
        return unknownItems;
    }
}
