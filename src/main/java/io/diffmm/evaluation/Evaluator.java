package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOutUser;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Full ranking by the papers' protocol: every item that the user did not have before is ranked, and metrics are
/// averaged over the users that have at least one held-out item.
///
/// The best items are chosen by the same code that serving uses.
public final class Evaluator {

    private static final int BATCH = 256;

    private final HeldOut heldOut;
    private final Function<HeldOutUser, BitSet> excluded;
    private final List<Integer> cutoffs;

    /// An evaluator on `heldOut`.
    ///
    /// @param excluded the items that are not ranked for a user
    /// @param cutoffs the ks of the metrics
    /// @throws IllegalArgumentException if there is nobody to evaluate, or no positive cutoff
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

    /// Measures a ranker.
    public Evaluation evaluate(Ranker ranker) {
        Map<String, Double> totals = new LinkedHashMap<>();
        List<HeldOutUser> users = heldOut.users();
        for (int from = 0; from < users.size(); from += BATCH) {
            List<HeldOutUser> batch = users.subList(from, Math.min(from + BATCH, users.size()));
            List<int[]> ranked = ranker.rank(batch, excluded, cutoffs.getLast());
            for (int at = 0; at < batch.size(); at++) {
                add(totals, batch.get(at), ranked.get(at));
            }
        }
        totals.replaceAll((metric, total) -> total / users.size());
        return new Evaluation(users.size(), totals);
    }

    private void add(Map<String, Double> totals, HeldOutUser user, int[] best) {
        boolean[] hits = hits(best, user.items());
        for (int cutoff : cutoffs) {
            int heldOutItems = user.items().length;
            totals.merge("recall@" + cutoff, RankingMetrics.recall(hits, cutoff, heldOutItems), Double::sum);
            totals.merge("precision@" + cutoff, RankingMetrics.precision(hits, cutoff), Double::sum);
            totals.merge("ndcg@" + cutoff, RankingMetrics.ndcg(hits, cutoff, heldOutItems), Double::sum);
        }
    }

    private static boolean[] hits(int[] ranked, int[] heldOutItems) {
        BitSet wanted = bits(heldOutItems);
        boolean[] hits = new boolean[ranked.length];
        for (int rank = 0; rank < ranked.length; rank++) {
            hits[rank] = wanted.get(ranked[rank]);
        }
        return hits;
    }

    /// The set of these items.
    public static BitSet bits(int[] items) {
        BitSet bits = new BitSet();
        for (int item : items) {
            bits.set(item);
        }
        return bits;
    }
}
