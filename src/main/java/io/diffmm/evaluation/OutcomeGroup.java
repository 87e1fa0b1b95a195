package io.diffmm.evaluation;

import io.diffmm.evaluation.Evaluator.UserOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Outcomes of a group of users, or of a group of held-out items.
///
/// @param range history lengths, or numbers of users of an item, that form the group
/// @param outcomes at least one, in the order of the users
public record OutcomeGroup(CountRange range, List<UserOutcome> outcomes) {

    private static final int MAX_GROUPS = 4;

    public OutcomeGroup {
        outcomes = List.copyOf(outcomes);
    }

    /// Groups users by the length of their history, into up to four groups of nearly equal size.
    public static List<OutcomeGroup> byHistoryLength(List<UserOutcome> outcomes) {
        int[] lengths = outcomes.stream().mapToInt(UserOutcome::historyLength).toArray();
        return CountRange.quantiles(lengths, MAX_GROUPS).stream()
                .map(range -> new OutcomeGroup(
                        range,
                        outcomes.stream()
                                .filter(outcome -> range.contains(outcome.historyLength()))
                                .toList()))
                .toList();
    }

    /// Groups held-out items by their popularity, into up to four groups of nearly equal size.
    ///
    /// A user is in each group that contains one of the user's held-out items; only the items of the group count
    /// there.
    ///
    /// @param popularity number of users of each item
    public static List<OutcomeGroup> byPopularity(List<UserOutcome> outcomes, int[] popularity) {
        int[] counts = outcomes.stream()
                .flatMapToInt(outcome -> Arrays.stream(outcome.user().items()))
                .map(item -> popularity[item])
                .toArray();
        return CountRange.quantiles(counts, MAX_GROUPS).stream()
                .map(range -> new OutcomeGroup(range, counting(outcomes, popularity, range)))
                .toList();
    }

    private static List<UserOutcome> counting(List<UserOutcome> outcomes, int[] popularity, CountRange range) {
        Stream<Optional<UserOutcome>> counted =
                outcomes.stream().map(outcome -> outcome.countingOnly(item -> range.contains(popularity[item])));
        return counted.flatMap(Optional::stream).toList();
    }

    /// Range of counts from `from` to `to`, both inclusive.
    public record CountRange(int from, int to) {

        public CountRange {
            if (from > to) {
                throw new IllegalArgumentException("range is from %d to %d".formatted(from, to));
            }
        }

        /// Returns true if `count` is in the range.
        public boolean contains(int count) {
            return from <= count && count <= to;
        }

        /// Returns the bounds as text, for example `4–7`.
        public String label() {
            return from == to
                    ? String.format(Locale.ROOT, "%,d", from)
                    : String.format(Locale.ROOT, "%,d–%,d", from, to);
        }

        /// Returns ascending, adjacent ranges that split `counts` into groups of nearly equal size, at least one
        /// count in each. Equal counts are never split.
        ///
        /// @param counts counts in any order; no ranges without counts
        /// @param groups maximum number of ranges
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
}
