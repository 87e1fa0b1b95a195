package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `items.csv`: columns `item_id` (or `id`), optionally `title` and `category`; one row an item.
final class ItemsFile {

    private static final String TITLE = "title";
    private static final String CATEGORY = "category";

    private final List<String> columns;
    private final List<Item> items = new ArrayList<>();
    private final Map<String, Integer> rows = new HashMap<>();

    private ItemsFile(List<String> columns) {
        this.columns = columns;
    }

    static ItemCatalogue read(Path file) {
        Table table = Table.open(file);
        var read = new ItemsFile(wantedColumns(table));
        table.forEach(read.columns, read::add);
        if (read.items.isEmpty()) {
            throw InvalidDatasetException.of(file, "has a header and no item");
        }
        return ItemCatalogue.of(read.items);
    }

    private static List<String> wantedColumns(Table table) {
        Columns columns = new Columns(table, "item_id and optionally title,category");
        List<String> wanted = new ArrayList<>();
        wanted.add(columns.find("id")
                .filter(id -> columns.find(InteractionRows.ITEM_ID).isEmpty())
                .orElseGet(() -> columns.require(InteractionRows.ITEM_ID)));
        columns.find(TITLE).ifPresent(wanted::add);
        columns.find(CATEGORY).ifPresent(wanted::add);
        return wanted;
    }

    private void add(String[] values) {
        String id = InteractionRowReader.requireId(columns.getFirst(), values[0]);
        Integer before = rows.putIfAbsent(id, items.size());
        if (before != null) {
            throw new RowRefusal("%s '%s' stands twice, first as item %d of the file; keep one row an item"
                    .formatted(columns.getFirst(), id, before + 1));
        }
        items.add(new Item(id, value(TITLE, values), value(CATEGORY, values)));
    }

    private Optional<String> value(String column, String[] values) {
        int at = columns.indexOf(column);
        return at < 0 ? Optional.empty() : Optional.of(values[at]).filter(text -> !text.isBlank());
    }
}
