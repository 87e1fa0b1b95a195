package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Where the rows of items come from while interactions are read.
sealed interface TrainItems extends ItemRows {

    /// The catalogue, complete once the interactions are read.
    ItemCatalogue catalogue();

    /// The row of an item where it is no fault of a file's that there may be none: of live
    /// interactions, say.
    OptionalInt known(String itemId);

    /// The source that a dataset's files determine: `items.csv`, else the features' rows, else the
    /// interactions.
    static TrainItems of(Optional<Path> itemsFile, List<FeatureMatrix> features) {
        if (itemsFile.isPresent()) {
            return new Listed(ItemsFile.read(itemsFile.get()));
        }
        return features.isEmpty()
                ? new Appearing()
                : new Numbered(features.getFirst().rows());
    }

    /// The items of `items.csv`.
    record Listed(ItemCatalogue catalogue) implements TrainItems {

        @Override
        public OptionalInt known(String itemId) {
            return catalogue.row(itemId);
        }

        @Override
        public OptionalInt row(String itemId) {
            OptionalInt row = known(itemId);
            if (row.isEmpty()) {
                throw new RowRefusal(
                        "item_id '%s' is not in items.csv; add it there or drop the row".formatted(itemId));
            }
            return row;
        }
    }

    /// Items that are called by the row of their features, `0` to `size - 1`.
    record Numbered(ItemCatalogue catalogue) implements TrainItems {

        Numbered(int size) {
            this(ItemCatalogue.of(IntStream.range(0, size)
                    .mapToObj(Integer::toString)
                    .map(Item::of)
                    .toList()));
        }

        @Override
        public OptionalInt known(String itemId) {
            return catalogue.row(itemId);
        }

        @Override
        public OptionalInt row(String itemId) {
            OptionalInt row = known(itemId);
            if (row.isEmpty()) {
                throw new RowRefusal(
                        "item_id '%s' is not a feature row, 0 to %d; an items.csv would say which item each row is"
                                .formatted(itemId, catalogue.size() - 1));
            }
            return row;
        }
    }

    /// The items of the interactions themselves, by first appearance.
    final class Appearing implements TrainItems {

        private final Map<String, Integer> rows = new HashMap<>();
        private final List<Item> items = new ArrayList<>();

        @Override
        public OptionalInt known(String itemId) {
            return row(itemId);
        }

        @Override
        public OptionalInt row(String itemId) {
            Integer known = rows.putIfAbsent(itemId, items.size());
            if (known != null) {
                return OptionalInt.of(known);
            }
            items.add(Item.of(itemId));
            return OptionalInt.of(items.size() - 1);
        }

        @Override
        public ItemCatalogue catalogue() {
            return ItemCatalogue.of(items);
        }
    }
}
