package io.diffmm.datasets;

import static java.util.stream.Collectors.joining;

import java.util.List;

/// One row of a query as one text: the lengths of its values in code points, each ended by a colon, then the values.
///
/// A text crosses from DuckDB to Java at about a microsecond, whatever its length; so a row is sent as one.
final class PackedRow {

    private PackedRow() {}

    /// The expression that packs the values of text `expressions`, empty for null.
    static String expression(List<String> expressions) {
        String lengths = expressions.stream()
                .map("length(coalesce(%s, '')) || ':'"::formatted)
                .collect(joining(" || "));
        String values = expressions.stream().map("coalesce(%s, '')"::formatted).collect(joining(" || "));
        return lengths + " || " + values;
    }

    /// Unpacks as many values as `values` has places.
    static void unpack(String packed, String[] values) {
        int begin = 0;
        for (int colons = 0; colons < values.length; begin++) {
            colons += packed.charAt(begin) == ':' ? 1 : 0;
        }
        int length = 0;
        for (int at = 0, value = 0; value < values.length; at++) {
            char c = packed.charAt(at);
            if (c == ':') {
                int end = packed.offsetByCodePoints(begin, length);
                values[value++] = packed.substring(begin, end);
                begin = end;
                length = 0;
            } else {
                length = 10 * length + Character.digit(c, 10);
            }
        }
    }
}
