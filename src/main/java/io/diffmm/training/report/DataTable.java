package io.diffmm.training.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A table of text; the first cell of a row names the row.
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
        IntStream.range(1, cells.size())
                .mapToObj(cell -> Markup.element("td", Markup.text(cells.get(cell))))
                .forEach(row::add);
        return Markup.element("tr", row.toArray(Markup[]::new));
    }
}
