package io.diffmm.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The outcomes of some of the users, or of some of their held-out items.
///
/// @param range the counts that the group is made of
/// @param outcomes in the order of the users; at least one
public record OutcomeGroup(CountRange range, List<UserOutcome> outcomes) {

    private static final int GROUPS = 4;

    public OutcomeGroup {
        outcomes = List.copyOf(outcomes);
    }

    /// Users by the length of their history, in up to four groups of nearly the same size.
    public static List<OutcomeGroup> byHistoryLength(List<UserOutcome> outcomes) {
        int[] lengths = outcomes.stream().mapToInt(UserOutcome::historyLength).toArray();
        return CountRange.quantiles(lengths, GROUPS).stream()
                .map(range -> new OutcomeGroup(
                        range,
                        outcomes.stream()
                                .filter(outcome -> range.contains(outcome.historyLength()))
                                .toList()))
                .toList();
    }

    /// Held-out items by their popularity, in up to four groups of nearly the same size. A user is in each group of
    /// which one of the held-out items is, and there only these items count.
    ///
    /// @param popularity how many users have each item
    public static List<OutcomeGroup> byPopularity(List<UserOutcome> outcomes, int[] popularity) {
        int[] counts = outcomes.stream()
                .flatMapToInt(outcome -> Arrays.stream(outcome.user().items()))
                .map(item -> popularity[item])
                .toArray();
        return CountRange.quantiles(counts, GROUPS).stream()
                .map(range -> new OutcomeGroup(range, counting(outcomes, popularity, range)))
                .toList();
    }

    private static List<UserOutcome> counting(List<UserOutcome> outcomes, int[] popularity, CountRange range) {
        Stream<Optional<UserOutcome>> counted =
                outcomes.stream().map(outcome -> outcome.countingOnly(item -> range.contains(popularity[item])));
        return counted.flatMap(Optional::stream).toList();
    }
}
