package io.diffmm.datasets;

import java.util.List;
import java.util.OptionalInt;

/// Every item that can be recommended, in the order of its row in the matrices.
public final class ItemCatalogue {

    private final List<Item> items;
    private final IdIndex index;

    private ItemCatalogue(List<Item> items, IdIndex index) {
        this.items = items;
        this.index = index;
    }

    /// A catalogue of `items`; the row of an item is its place in the list.
    ///
    /// @throws IllegalArgumentException if two items have the same id
    public static ItemCatalogue of(List<Item> items) {
        return new ItemCatalogue(
                List.copyOf(items), IdIndex.of(items.stream().map(Item::id).toList()));
    }

    public int size() {
        return items.size();
    }

    public Item item(int row) {
        return items.get(row);
    }

    /// The row of the item with this id; empty if there is none.
    public OptionalInt row(String id) {
        return index.row(id);
    }

    public List<Item> items() {
        return items;
    }
}
