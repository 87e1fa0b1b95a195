package io.diffmm.report;

import com.fasterxml.jackson.annotation.JsonValue;
import io.diffmm.evaluation.Estimate;
import java.util.List;

/// Chart in the form that `page.js` draws.
///
/// @param id id of its canvas in the page
/// @param title caption; also the text alternative for screen readers
/// @param axis title of the axis: of the categories, or of the values where [Kind#ROWS]
/// @param labels categories in order
/// @param series values of each series, one per category
record Chart(String id, Kind kind, String title, String axis, List<String> labels, List<Series> series) {

    /// Type of a chart.
    enum Kind {
        LINE("line"),
        BARS("bars"),
        /// Horizontal bars, for categories with long names.
        ROWS("rows");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /// Returns the name of the type in `page.js`.
        @JsonValue
        String label() {
            return label;
        }
    }

    /// Values of one colour.
    ///
    /// @param tone CSS variable of the colour: `blend`, `view`, `baseline` or `plain`; `by-role` colours each bar
    ///     by the role of its ranking
    /// @param low lower ends of the intervals; empty if there are none
    /// @param high upper ends of the intervals; empty if there are none
    record Series(String name, String tone, List<Double> values, List<Double> low, List<Double> high) {

        static Series of(String name, String tone, List<Double> values) {
            return new Series(name, tone, values, List.of(), List.of());
        }

        static Series ofEstimates(String name, String tone, List<Estimate> estimates) {
            return new Series(
                    name,
                    tone,
                    estimates.stream().map(Estimate::value).toList(),
                    estimates.stream().map(Estimate::low).toList(),
                    estimates.stream().map(Estimate::high).toList());
        }
    }
}
