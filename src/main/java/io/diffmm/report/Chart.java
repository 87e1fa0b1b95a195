package io.diffmm.report;

import com.fasterxml.jackson.annotation.JsonValue;
import io.diffmm.evaluation.Estimate;
import java.util.List;

/// A chart as `page.js` draws it.
///
/// @param title what it shows, also for those who cannot see it
/// @param labels of the places along the axis of categories
record Chart(String id, Kind kind, String title, String axis, List<String> labels, List<Series> series) {

    /// How it is drawn.
    enum Kind {
        LINE("line"),
        BARS("bars"),
        /// Lying bars, for categories with long names.
        ROWS("rows");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /// As `page.js` calls it.
        @JsonValue
        String label() {
            return label;
        }
    }

    /// Numbers of one colour.
    ///
    /// @param tone which colour: `blend`, `view`, `baseline`, or `plain`
    /// @param low the lower ends of intervals; empty if there are none
    /// @param high the upper ends
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
