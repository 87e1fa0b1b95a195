package io.diffmm.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Counts from `from` to `to`, both included.
public record CountRange(int from, int to) {

    public CountRange {
        if (from > to) {
            throw new IllegalArgumentException("range is from %d to %d".formatted(from, to));
        }
    }

    /// Whether `count` lies in the range.
    public boolean contains(int count) {
        return from <= count && count <= to;
    }

    /// The bounds, for a person to read.
    public String label() {
        return from == to ? String.format(Locale.ROOT, "%,d", from) : String.format(Locale.ROOT, "%,d–%,d", from, to);
    }

    /// Ranges that split `counts` into groups as alike in size as equal counts allow, ascending. Each begins where the
    /// one before ends, and each has a count in it.
    ///
    /// @param counts in any order; none of them, no ranges
    /// @param groups at most so many
    public static List<CountRange> quantiles(int[] counts, int groups) {
        int[] sorted = counts.clone();
        Arrays.sort(sorted);
        List<CountRange> ranges = new ArrayList<>();
        int from = 0;
        for (int group = 1; group <= groups && from < sorted.length; group++) {
            int to = (int) Math.max(from, (long) sorted.length * group / groups - 1);
            int next = firstAbove(sorted, sorted[to]);
            int low = ranges.isEmpty() ? sorted[from] : ranges.getLast().to() + 1;
            ranges.add(new CountRange(low, sorted[next - 1]));
            from = next;
        }
        return List.copyOf(ranges);
    }

    private static int firstAbove(int[] sorted, int count) {
        int at = Arrays.binarySearch(sorted, count);
        while (at < sorted.length && sorted[at] == count) {
            at++;
        }
        return at;
    }
}
