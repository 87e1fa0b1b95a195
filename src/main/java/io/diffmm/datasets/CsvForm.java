package io.diffmm.datasets;

import java.util.List;

/// The form of a CSV file, as a scan of all of it found it.
///
/// @param columns the header's names
/// @param lineEnd how its lines end
/// @param rows how many rows follow the header
/// @param quotedLineEnds whether a quoted value runs over a line's end
record CsvForm(List<String> columns, LineEnd lineEnd, long rows, boolean quotedLineEnds) {

    CsvForm {
        columns = List.copyOf(columns);
    }

    /// How a line may end.
    enum LineEnd {
        LF("\\n"),
        CRLF("\\r\\n"),
        CR("\\r");

        private final String escaped;

        LineEnd(String escaped) {
            this.escaped = escaped;
        }

        String escaped() {
            return escaped;
        }
    }
}
