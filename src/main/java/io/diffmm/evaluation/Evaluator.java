package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.ToIntFunction;

/// Full-ranking evaluation by the papers' protocol: for each user every item that is not excluded is ranked, and
/// metrics are averaged over the users with at least one held-out item.
///
/// Rankers select the best items with the same code as serving.
public final class Evaluator {

    private static final int BATCH = 256;

    private final HeldOut heldOut;
    private final Function<HeldOutUser, BitSet> excluded;
    private final List<Integer> cutoffs;

    /// Creates an evaluator of rankings of `heldOut`.
    ///
    /// @param excluded items that are not ranked for a user
    /// @param cutoffs cutoffs of the metrics
    /// @throws IllegalArgumentException if no user has a held-out item, or the cutoffs are empty or not all
    ///     positive
    public Evaluator(HeldOut heldOut, Function<HeldOutUser, BitSet> excluded, List<Integer> cutoffs) {
        if (heldOut.users().isEmpty()) {
            throw new IllegalArgumentException("no user has a held-out item; there is nothing to evaluate");
        }
        if (cutoffs.isEmpty() || cutoffs.stream().anyMatch(cutoff -> cutoff < 1)) {
            throw new IllegalArgumentException("cutoffs are %s; need positive numbers".formatted(cutoffs));
        }
        this.heldOut = heldOut;
        this.excluded = excluded;
        this.cutoffs = cutoffs.stream().distinct().sorted().toList();
    }

    /// Metrics averaged over all evaluated users.
    ///
    /// @param users number of users with a held-out item
    /// @param metrics `recall@k`, `precision@k`, `ndcg@k` for each cutoff, in that order
    public record Evaluation(int users, Map<String, Double> metrics) {

        public Evaluation {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }
    }

    /// Evaluates a ranker.
    public Evaluation evaluate(OfflineRanker ranker) {
        List<Metric> metrics =
                cutoffs.stream().map(Metric::at).flatMap(List::stream).toList();
        Map<String, Double> totals = new LinkedHashMap<>();
        rank(ranker, (user, ranked) -> {
            UserOutcome outcome = new UserOutcome(user, 0, ranked);
            metrics.forEach(metric -> totals.merge(metric.name(), outcome.value(metric), Double::sum));
        });
        totals.replaceAll((_, total) -> total / heldOut.users().size());
        return new Evaluation(heldOut.users().size(), totals);
    }

    /// Returns the ranked list of each user, for metrics of groups and confidence intervals.
    ///
    /// @param historyLengths number of items of a user's history
    /// @return one outcome per user, in the order of the held-out users
    public List<UserOutcome> outcomes(OfflineRanker ranker, ToIntFunction<HeldOutUser> historyLengths) {
        List<UserOutcome> outcomes = new ArrayList<>(heldOut.users().size());
        rank(ranker, (user, ranked) -> outcomes.add(new UserOutcome(user, historyLengths.applyAsInt(user), ranked)));
        return List.copyOf(outcomes);
    }

    private void rank(OfflineRanker ranker, BiConsumer<HeldOutUser, int[]> each) {
        List<HeldOutUser> users = heldOut.users();
        for (int from = 0; from < users.size(); from += BATCH) {
            List<HeldOutUser> batch = users.subList(from, Math.min(from + BATCH, users.size()));
            List<int[]> ranked = ranker.rank(batch, excluded, cutoffs.getLast());
            for (int at = 0; at < batch.size(); at++) {
                each.accept(batch.get(at), ranked.get(at));
            }
        }
    }

    /// Returns `items` as a bit set.
    public static BitSet bits(int[] items) {
        BitSet bits = new BitSet();
        for (int item : items) {
            bits.set(item);
        }
        return bits;
    }

    /// Ranked list of one user with the items that were held out.
    ///
    /// Immutable; the item arrays are shared with the caller, not copied.
    public static final class UserOutcome {

        private final HeldOutUser user;
        private final int historyLength;
        private final int[] ranked;
        private final boolean[] hits;

        /// Creates an outcome.
        ///
        /// @param historyLength number of items of the user's history
        /// @param ranked rows of the recommended items, best first
        public UserOutcome(HeldOutUser user, int historyLength, int[] ranked) {
            this.user = user;
            this.historyLength = historyLength;
            this.ranked = ranked;
            this.hits = hits(ranked, user.items());
        }

        private static boolean[] hits(int[] ranked, int[] heldOut) {
            BitSet relevant = bits(heldOut);
            boolean[] hits = new boolean[ranked.length];
            for (int rank = 0; rank < ranked.length; rank++) {
                hits[rank] = relevant.get(ranked[rank]);
            }
            return hits;
        }

        public HeldOutUser user() {
            return user;
        }

        public int historyLength() {
            return historyLength;
        }

        /// Returns the rows of the recommended items, best first; callers must not modify the array.
        public int[] ranked() {
            return ranked;
        }

        /// Returns a copy of the hits: true at each rank whose item was held out.
        public boolean[] hits() {
            return hits.clone();
        }

        /// Returns a metric of this list.
        public double value(Metric metric) {
            return metric.of(hits, user.items().length);
        }

        /// Returns the same list with only those held-out items that match; empty if none matches.
        public Optional<UserOutcome> countingOnly(IntPredicate items) {
            int[] counted = Arrays.stream(user.items()).filter(items).toArray();
            return counted.length == 0
                    ? Optional.empty()
                    : Optional.of(
                            new UserOutcome(new HeldOutUser(user.row(), user.id(), counted), historyLength, ranked));
        }
    }
}
