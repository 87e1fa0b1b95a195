package io.diffmm.model.blend;

import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.Cores;
import io.diffmm.model.ExplanationQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Explanation.Reason;
import io.diffmm.retrieval.ItemVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// What scores rest on: the user is computed again with each of the newest items of the history left out, as
/// serving computes somebody who has that shorter history.
///
/// All of it is done on one core, the whole history alone and the shorter ones in batches that depend on nothing
/// else that is asked. So a figure is the same whenever it is asked for, on every server with such a processor;
/// the size of the batches shows in the last digits of float32 only.
final class Explainer {

    /// Shorter histories at once, unless the device computes fewer: a number of its own, so that servers whose
    /// greatest batches differ give the same figures.
    private static final int BATCH = 32;

    private static final int MOST_REASONS = 3;

    private final BlendedUsers users;
    private final ItemVectors joined;
    private final BatchSizes sizes;
    private final StageTimes times;

    /// @param joined the items' vectors that the users' are multiplied with
    /// @param sizes of the batches that the device computes
    /// @param times hears how long each stage took
    Explainer(BlendedUsers users, ItemVectors joined, BatchSizes sizes, StageTimes times) {
        this.users = users;
        this.joined = joined;
        this.sizes = sizes;
        this.times = times;
    }

    /// An explanation for each item that is asked for.
    List<Explanation> explain(ExplanationQuery query) {
        return EngineThreads.with(1, () -> {
            BlendedUser whole = see(List.of(query.history())).getFirst();
            List<double[]> without = scoresWithout(query);
            return times.measure(Stage.RANKING, () -> explanations(query, whole, without));
        });
    }

    private List<BlendedUser> see(List<UserHistory> histories) {
        return users.see(sizes.padded(histories), times, Cores.one()).subList(0, histories.size());
    }

    /// The items' scores for each shorter history, that without the newest item first. Nobody has scores without
    /// a history: without its only item they are zero.
    private List<double[]> scoresWithout(ExplanationQuery query) {
        if (query.history().items().length == 1) {
            return List.of(new double[query.items().length]);
        }
        List<UserHistory> shorter = shorter(query);
        List<double[]> scores = new ArrayList<>(shorter.size());
        int most = Math.min(BATCH, sizes.most());
        for (int from = 0; from < shorter.size(); from += most) {
            List<BlendedUser> batch = see(shorter.subList(from, Math.min(from + most, shorter.size())));
            scores.addAll(times.measure(
                    Stage.RANKING,
                    () -> batch.stream()
                            .map(user -> scores(user, query.items()))
                            .toList()));
        }
        return scores;
    }

    private static List<UserHistory> shorter(ExplanationQuery query) {
        int length = query.history().items().length;
        return IntStream.range(0, Math.min(length, query.mostLeftOut()))
                .mapToObj(age -> query.history().without(length - 1 - age))
                .toList();
    }

    private double[] scores(BlendedUser user, int[] items) {
        return Arrays.stream(items)
                .mapToDouble(item -> user.score(joined, item))
                .toArray();
    }

    private List<Explanation> explanations(ExplanationQuery query, BlendedUser whole, List<double[]> without) {
        int[] items = query.items();
        double[] scores = scores(whole, items);
        return IntStream.range(0, items.length)
                .mapToObj(at -> {
                    double[] others =
                            without.stream().mapToDouble(row -> row[at]).toArray();
                    List<Reason> reasons = reasons(query.history().items(), scores[at], others);
                    return new Explanation(scores[at], users.parts(whole, items[at]), reasons);
                })
                .toList();
    }

    /// The items without which a score falls most; of equal ones the newer first.
    ///
    /// @param without the score without each of the newest items, that without the newest first
    private static List<Reason> reasons(int[] history, double score, double[] without) {
        return IntStream.range(0, without.length)
                .filter(age -> score > without[age])
                .mapToObj(age -> new Reason(history[history.length - 1 - age], score - without[age]))
                .sorted(Comparator.comparingDouble(Reason::change).reversed())
                .limit(MOST_REASONS)
                .toList();
    }
}
