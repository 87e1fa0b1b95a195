package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

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

    /// What a ranker recommends to each user, for closer looks than the means.
    ///
    /// @param historyLengths how many items each user had before
    /// @return an outcome for each user, in the order in which they are held out
    public List<UserOutcome> outcomes(Ranker ranker, ToIntFunction<HeldOutUser> historyLengths) {
        List<UserOutcome> outcomes = new ArrayList<>(heldOut.users().size());
        rank(ranker, (user, ranked) -> outcomes.add(new UserOutcome(user, historyLengths.applyAsInt(user), ranked)));
        return List.copyOf(outcomes);
    }

    private void rank(Ranker ranker, BiConsumer<HeldOutUser, int[]> each) {
        List<HeldOutUser> users = heldOut.users();
        for (int from = 0; from < users.size(); from += BATCH) {
            List<HeldOutUser> batch = users.subList(from, Math.min(from + BATCH, users.size()));
            List<int[]> ranked = ranker.rank(batch, excluded, cutoffs.getLast());
            for (int at = 0; at < batch.size(); at++) {
                each.accept(batch.get(at), ranked.get(at));
            }
        }
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
