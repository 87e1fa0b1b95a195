package io.diffmm.datasets.reading;

import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.datasets.reading.InteractionRows.ItemRows;
import io.diffmm.datasets.reading.Table.RowRefusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Items of a dataset folder and their features.
///
/// The catalogue comes from `items.csv`; without it from the rows of the features, whose items have the ids `0`, `1`,
/// ...; without both from the interactions.
///
/// `items.csv` has the column `item_id` (or `id`), optionally `title` and `category`, and one row per item.
///
/// @param items assigns rows to item ids
/// @param features features of all modalities, by name of the file; may be empty
record CatalogueFiles(TrainItems items, List<FeatureMatrix> features) {

    /// Reads `items.csv` and the features.
    ///
    /// @throws InvalidDatasetException if a file is invalid, or their numbers of items differ
    static CatalogueFiles read(DatasetFiles files) {
        List<FeatureMatrix> features =
                files.features().stream().map(NpyFile::readFeatures).toList();
        TrainItems items = files.items()
                .<TrainItems>map(file -> new Listed(ItemsFile.read(file)))
                .orElseGet(() -> features.isEmpty()
                        ? new Appearing()
                        : new Numbered(features.getFirst().rows()));
        requireEqualSizes(files, features, items);
        return new CatalogueFiles(items, features);
    }

    private static void requireEqualSizes(DatasetFiles files, List<FeatureMatrix> features, TrainItems items) {
        if (features.isEmpty()) {
            return;
        }
        int expected = items.catalogue().size();
        Path authority = files.items().orElse(files.features().getFirst());
        for (int at = 0; at < features.size(); at++) {
            int rows = features.get(at).rows();
            if (rows != expected) {
                throw InvalidDatasetException.of(
                        files.features().get(at),
                        "contains %d rows, but %s contains %d; features have one row per item"
                                .formatted(rows, InputFiles.name(authority), expected));
            }
        }
    }

    /// Assigns rows to item ids while interactions are read.
    sealed interface TrainItems extends ItemRows {

        /// Returns the catalogue, which is complete after the interactions have been read.
        ItemCatalogue catalogue();

        /// Returns the row of an item of `valid` or of live interactions; unlike in [#row(String)], an unknown item is
        /// no error of the source.
        default OptionalInt known(String itemId) {
            return catalogue().row(itemId);
        }
    }

    /// Items of `items.csv`.
    private record Listed(ItemCatalogue catalogue) implements TrainItems {

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

    /// Items whose ids are the rows of their features, `0` to `size - 1`.
    private record Numbered(ItemCatalogue catalogue) implements TrainItems {

        Numbered(int size) {
            this(ItemCatalogue.of(IntStream.range(0, size)
                    .mapToObj(Integer::toString)
                    .map(Item::of)
                    .toList()));
        }

        @Override
        public OptionalInt row(String itemId) {
            OptionalInt row = known(itemId);
            if (row.isEmpty()) {
                throw new RowRefusal(
                        "item_id '%s' is not a feature row, 0 to %d; an items.csv would define the item of each row"
                                .formatted(itemId, catalogue.size() - 1));
            }
            return row;
        }
    }

    /// Items of the interactions, by first appearance.
    private static final class Appearing implements TrainItems {

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

    /// Reader of `items.csv`.
    private static final class ItemsFile {

        private static final String TITLE = "title";
        private static final String CATEGORY = "category";
        private static final String HEADER = "item_id and optionally title,category";

        private final List<String> columns;
        private final List<Item> items = new ArrayList<>();
        private final Map<String, Integer> rows = new HashMap<>();

        private ItemsFile(List<String> columns) {
            this.columns = columns;
        }

        static ItemCatalogue read(Path file) {
            Table table = InputFiles.openTable(file);
            var reader = new ItemsFile(selectedColumns(table));
            table.forEach(reader.columns, reader::add);
            if (reader.items.isEmpty()) {
                throw InvalidDatasetException.of(file, "has a header but no items");
            }
            return ItemCatalogue.of(reader.items);
        }

        private static List<String> selectedColumns(Table table) {
            List<String> selected = new ArrayList<>();
            selected.add(table.findColumn("id")
                    .filter(_ -> table.findColumn(InteractionRows.ITEM_ID).isEmpty())
                    .orElseGet(() -> table.requireColumn(InteractionRows.ITEM_ID, HEADER)));
            table.findColumn(TITLE).ifPresent(selected::add);
            table.findColumn(CATEGORY).ifPresent(selected::add);
            return selected;
        }

        private void add(String[] values) {
            String id = InteractionRows.requireId(columns.getFirst(), values[0]);
            Integer before = rows.putIfAbsent(id, items.size());
            if (before != null) {
                throw new RowRefusal("%s '%s' occurs twice, first as item %d of the file; keep one row per item"
                        .formatted(columns.getFirst(), id, before + 1));
            }
            items.add(new Item(id, value(TITLE, values), value(CATEGORY, values)));
        }

        private Optional<String> value(String column, String[] values) {
            int at = columns.indexOf(column);
            return at < 0 ? Optional.empty() : Optional.of(values[at]).filter(text -> !text.isBlank());
        }
    }
}
