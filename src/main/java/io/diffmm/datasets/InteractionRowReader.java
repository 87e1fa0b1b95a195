package io.diffmm.datasets;

import java.util.Optional;
import java.util.OptionalInt;

/// Takes the rows of one source: user, item and, if the source has timestamps, when.
final class InteractionRowReader implements Table.RowVisitor {

    private final InteractionRows rows;
    private final ItemRows itemRows;
    private final TakenBack takenBack;
    private final Optional<Timestamps> timestamps;
    private final int before;
    private int unknownItems;
    private int removed;
    private int erased;

    /// A reader of one source, which adds what counts to `rows`.
    InteractionRowReader(
            InteractionRows rows, ItemRows itemRows, TakenBack takenBack, Optional<Timestamps> timestamps) {
        this.rows = rows;
        this.itemRows = itemRows;
        this.takenBack = takenBack;
        this.timestamps = timestamps;
        this.before = rows.size();
    }

    @Override
    public void visit(String[] values) {
        String userId = requireId(InteractionRows.USER_ID, values[0]);
        String itemId = requireId(InteractionRows.ITEM_ID, values[1]);
        timestamps.ifPresent(timestamp -> timestamp.parse(values[2]));
        if (takenBack.erased(userId)) {
            erased++;
        } else if (takenBack.removed(userId, itemId)) {
            removed++;
        } else {
            addKnown(userId, itemRows.row(itemId));
        }
    }

    private void addKnown(String userId, OptionalInt item) {
        if (item.isEmpty()) {
            unknownItems++;
        } else {
            rows.add(userId, item.getAsInt());
        }
    }

    static String requireId(String column, String id) {
        if (id.isBlank()) {
            throw new RowRefusal("%s is empty; every row needs one".formatted(column));
        }
        return id;
    }

    /// What became of the rows so far.
    SourceCounts counts() {
        return new SourceCounts(rows.size() - before, unknownItems, removed, erased);
    }
}
