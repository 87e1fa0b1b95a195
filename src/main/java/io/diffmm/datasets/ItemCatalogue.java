package io.diffmm.datasets;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// All items that can be recommended, in the order of their rows in the matrices.
public final class ItemCatalogue {

    private final List<Item> items;
    private final IdIndex index;

    private ItemCatalogue(List<Item> items, IdIndex index) {
        this.items = items;
        this.index = index;
    }

    /// Creates a catalogue in which the row of an item is its position in `items`.
    ///
    /// @throws IllegalArgumentException if two items have the same id
    public static ItemCatalogue of(List<Item> items) {
        return new ItemCatalogue(
                List.copyOf(items), IdIndex.of(items.stream().map(Item::id).toList()));
    }

    public int size() {
        return items.size();
    }

    /// Returns the item of a row.
    public Item item(int row) {
        return items.get(row);
    }

    /// Returns the row of the item with this id; empty if there is none.
    public OptionalInt row(String id) {
        return index.row(id);
    }

    /// All items, by row.
    public List<Item> items() {
        return items;
    }

    /// Item with its description.
    ///
    /// @param title title for display; empty if unknown
    /// @param category name of the item's category; empty if unknown
    public record Item(String id, Optional<String> title, Optional<String> category) {

        public Item {
            if (id.isBlank()) {
                throw new IllegalArgumentException("item id is blank");
            }
        }

        /// Item without title and category.
        public static Item of(String id) {
            return new Item(id, Optional.empty(), Optional.empty());
        }
    }
}
