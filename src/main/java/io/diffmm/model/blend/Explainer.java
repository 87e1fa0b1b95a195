package io.diffmm.model.blend;

import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.model.BatchSizes;
import io.diffmm.model.Cores;
import io.diffmm.model.Recommender.ExplanationQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.BlendedUsers.BlendedUser;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Explanation.Reason;
import io.diffmm.retrieval.ItemVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Explanation of scores by omission: the user is computed again without each of the newest items of the history, as
/// serving computes a user with that shorter history.
///
/// Everything runs on one core, the whole history alone and the shorter ones in batches of fixed composition, so that
/// a figure is the same at every call and on every server with such a processor; the batch size affects the last
/// digits of float32 only.
final class Explainer {

    /// Number of shorter histories computed at once, unless the device's maximum is smaller. Independent of the
    /// configured batch size, so that servers with different ones give the same figures.
    private static final int BATCH = 32;

    private static final int MAX_REASONS = 3;

    private final BlendedUsers users;
    private final ItemVectors joined;
    private final BatchSizes sizes;
    private final StageTimes times;

    /// @param joined joined item vectors
    /// @param sizes batch sizes of the device
    /// @param times receives the duration of each stage
    Explainer(BlendedUsers users, ItemVectors joined, BatchSizes sizes, StageTimes times) {
        this.users = users;
        this.joined = joined;
        this.sizes = sizes;
        this.times = times;
    }

    /// Explains the score of each item of a query.
    List<Explanation> explain(ExplanationQuery query) {
        return EngineThreads.with(1, () -> {
            BlendedUser whole = users(List.of(query.history())).getFirst();
            List<double[]> without = scoresWithout(query);
            return times.measure(Stage.RANKING, () -> explanations(query, whole, without));
        });
    }

    private List<BlendedUser> users(List<UserHistory> histories) {
        return users.users(sizes.padded(histories), times, Cores.one()).subList(0, histories.size());
    }

    /// Computes the scores for each shorter history, that without the newest item first. The scores without the
    /// only item of a history are zero.
    private List<double[]> scoresWithout(ExplanationQuery query) {
        if (query.maxOmissions() > 0 && query.history().items().length == 1) {
            return List.of(new double[query.items().length]);
        }
        List<UserHistory> shorter = shorter(query);
        List<double[]> scores = new ArrayList<>(shorter.size());
        int size = Math.min(BATCH, sizes.max());
        for (int from = 0; from < shorter.size(); from += size) {
            List<BlendedUser> batch = users(shorter.subList(from, Math.min(from + size, shorter.size())));
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
        return IntStream.range(0, Math.min(length, query.maxOmissions()))
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

    /// Returns the items whose omission lowers a score most; of equal ones the newer first.
    ///
    /// @param without score without each of the newest items, that without the newest first
    private static List<Reason> reasons(int[] history, double score, double[] without) {
        return IntStream.range(0, without.length)
                .filter(age -> score > without[age])
                .mapToObj(age -> new Reason(history[history.length - 1 - age], score - without[age]))
                .sorted(Comparator.comparingDouble(Reason::change).reversed())
                .limit(MAX_REASONS)
                .toList();
    }
}
