package io.diffmm.datasets;

import java.util.Optional;

/// An item as people know it.
public record Item(String id, Optional<String> title, Optional<String> category) {

    public Item {
        if (id.isBlank()) {
            throw new IllegalArgumentException("item id is blank");
        }
    }

    /// An item of which nothing but the id is known.
    public static Item of(String id) {
        return new Item(id, Optional.empty(), Optional.empty());
    }
}
