package io.diffmm.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A table of text; the first cell of a row names the row. What follows a line's end in a cell is shown as less
/// important.
///
/// @param caption what the table shows, for those who hear the page
record DataTable(String caption, List<String> columns, List<List<String>> rows) {

    Markup markup() {
        Markup head = Markup.element(
                "thead",
                Markup.element(
                        "tr",
                        columns.stream()
                                .map(column -> Markup.element("th", Map.of("scope", "col"), Markup.text(column)))
                                .toArray(Markup[]::new)));
        Markup body = Markup.element("tbody", rows.stream().map(DataTable::row).toArray(Markup[]::new));
        Markup table = Markup.element("table", Markup.element("caption", Markup.text(caption)), head, body);
        return Markup.element(
                "div", Map.of("class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption), table);
    }

    private static Markup row(List<String> cells) {
        List<Markup> row = new ArrayList<>();
        row.add(Markup.element("th", Map.of("scope", "row"), Markup.text(cells.getFirst())));
        IntStream.range(1, cells.size()).mapToObj(cell -> cell(cells.get(cell))).forEach(row::add);
        return Markup.element("tr", row.toArray(Markup[]::new));
    }

    private static Markup cell(String text) {
        String[] lines = text.split("\n", 2);
        Markup first = Markup.text(lines[0]);
        return lines.length == 1
                ? Markup.element("td", first)
                : Markup.element("td", first, Markup.element("small", Markup.text(lines[1])));
    }
}
