package io.diffmm.datasets;

import java.util.OptionalInt;

/// Decides which row an item id of an interactions file stands for.
@FunctionalInterface
interface ItemRows {

    /// The item's row; empty if the interaction is to be left out.
    ///
    /// @throws RowRefusal if a file with this item cannot be used
    OptionalInt row(String itemId);
}
