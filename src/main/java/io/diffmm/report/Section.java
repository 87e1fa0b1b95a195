package io.diffmm.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A part of the page under a heading: charts, and the same numbers as tables.
///
/// @param id for links within the page
record Section(String id, String title, Markup body, List<Chart> charts) {

    /// Collects a section piece by piece.
    static final class Builder {

        private final String id;
        private final String title;
        private final List<Markup> pieces = new ArrayList<>();
        private final List<Chart> charts = new ArrayList<>();

        Builder(String id, String title) {
            this.id = id;
            this.title = title;
        }

        Builder note(String text) {
            pieces.add(Markup.element("p", Map.of("class", "note"), Markup.text(text)));
            return this;
        }

        Builder piece(Markup piece) {
            pieces.add(piece);
            return this;
        }

        /// Charts side by side with a table below them, or one chart beside its table.
        Builder charts(List<Chart> together, DataTable table) {
            if (together.size() > 1) {
                return figures(together).table(table);
            }
            charts.addAll(together);
            Markup figures = Markup.all(together.stream().map(Builder::figure).toList());
            pieces.add(Markup.element("div", Map.of("class", "pair"), figures, table.markup()));
            return this;
        }

        /// Charts side by side.
        Builder figures(List<Chart> together) {
            charts.addAll(together);
            Markup figures = Markup.all(together.stream().map(Builder::figure).toList());
            pieces.add(Markup.element("div", Map.of("class", "charts"), figures));
            return this;
        }

        Builder table(DataTable table) {
            pieces.add(table.markup());
            return this;
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
                            chart.title() + "; the numbers are in the table that follows"));
            int rows = chart.labels().size() * Math.max(1, chart.series().size());
            String height = chart.kind() == Chart.Kind.ROWS && rows > 5 ? "canvas tall" : "canvas";
            return Markup.element(
                    "figure",
                    Markup.element("figcaption", Markup.text(chart.title())),
                    Markup.element("div", Map.of("class", height), canvas));
        }

        Section build() {
            return new Section(id, title, Markup.all(pieces), List.copyOf(charts));
        }
    }

    /// The section as HTML.
    Markup markup() {
        return Markup.element(
                "section",
                Map.of("id", id, "aria-labelledby", id + "-title"),
                Markup.element("h2", Map.of("id", id + "-title"), Markup.text(title)),
                body);
    }
}
