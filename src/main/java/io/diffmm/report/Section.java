package io.diffmm.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Section of the page: a heading, notes, charts, and tables with the numbers of the charts.
///
/// @param id anchor of the section
/// @param body HTML below the heading
/// @param charts charts whose canvas elements the body contains
record Section(String id, String title, Markup body, List<Chart> charts) {

    /// Returns the section as HTML.
    Markup markup() {
        return Markup.element(
                "section",
                Map.of("id", id, "aria-labelledby", id + "-title"),
                Markup.element("h2", Map.of("id", id + "-title"), Markup.text(title)),
                body);
    }

    /// Builds a section from top to bottom.
    static final class Builder {

        private final String id;
        private final String title;
        private final List<Markup> body = new ArrayList<>();
        private final List<Chart> charts = new ArrayList<>();

        Builder(String id, String title) {
            this.id = id;
            this.title = title;
        }

        Builder note(String text) {
            body.add(Markup.element("p", Map.of("class", "note"), Markup.text(text)));
            return this;
        }

        /// Adds several charts side by side with a table below them, or one chart beside its table.
        Builder charts(List<Chart> together, DataTable table) {
            if (together.size() > 1) {
                return charts(together).table(table);
            }
            charts.addAll(together);
            body.add(Markup.element("div", Map.of("class", "pair"), figures(together), table.markup()));
            return this;
        }

        /// Adds charts side by side.
        Builder charts(List<Chart> together) {
            charts.addAll(together);
            body.add(Markup.element("div", Map.of("class", "charts"), figures(together)));
            return this;
        }

        Builder table(DataTable table) {
            body.add(table.markup());
            return this;
        }

        private static Markup figures(List<Chart> charts) {
            return Markup.concat(charts.stream().map(Builder::figure).toList());
        }

        private static Markup figure(Chart chart) {
            Markup canvas = Markup.element(
                    "canvas",
                    Map.of(
                            "id",
                            chart.id(),
                            "role",
                            "img",
                            "aria-label",
                            chart.title() + "; the table that follows contains the numbers"));
            int rows = chart.labels().size() * Math.max(1, chart.series().size());
            String height = chart.kind() == Chart.Kind.ROWS && rows > 5 ? "canvas tall" : "canvas";
            return Markup.element(
                    "figure",
                    Markup.element("figcaption", Markup.text(chart.title())),
                    Markup.element("div", Map.of("class", height), canvas));
        }

        Section build() {
            return new Section(id, title, Markup.concat(body), List.copyOf(charts));
        }
    }

    /// Table of text. The first cell of a row is its header; a second line within a cell is shown in small print.
    ///
    /// @param caption content of the table; screen readers announce it
    record DataTable(String caption, List<String> columns, List<List<String>> rows) {

        Markup markup() {
            Markup head = Markup.element(
                    "thead",
                    Markup.element(
                            "tr",
                            columns.stream()
                                    .map(column -> Markup.element("th", Map.of("scope", "col"), Markup.text(column)))
                                    .toArray(Markup[]::new)));
            Markup body =
                    Markup.element("tbody", rows.stream().map(DataTable::row).toArray(Markup[]::new));
            Markup table = Markup.element("table", Markup.element("caption", Markup.text(caption)), head, body);
            return Markup.element(
                    "div", Map.of("class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption), table);
        }

        private static Markup row(List<String> cells) {
            List<Markup> row = new ArrayList<>();
            row.add(Markup.element("th", Map.of("scope", "row"), Markup.text(cells.getFirst())));
            IntStream.range(1, cells.size())
                    .mapToObj(cell -> cell(cells.get(cell)))
                    .forEach(row::add);
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
}
