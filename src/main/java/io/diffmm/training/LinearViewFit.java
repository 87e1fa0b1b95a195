package io.diffmm.training;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.Metric;
import io.diffmm.evaluation.OfflineRanker;
import io.diffmm.linear.ItemItemModel;
import io.diffmm.linear.LinearSettings.LinearCandidate;
import io.diffmm.linear.LinearSettings.LinearCandidates;
import io.diffmm.model.Recency;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.ranking.SparseScores;
import io.diffmm.ranking.TopK;
import io.diffmm.training.LastRowFolds.Fold;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Fits the linear view by every method, to all data and to the data of each fold, and keeps the method that ranks
/// held-out items best: by the mean of the NDCG@20 on `valid` and of the weighted one on the folds.
final class LinearViewFit {

    private static final Metric METRIC = new Metric(Metric.Measure.NDCG, 20);

    /// Share of the best NDCG@20 on `valid` below which a method is not fitted to the folds. The noise of `valid` is
    /// smaller.
    private static final double CLOSE = 0.9;

    private final TrainingContext context;
    private final JobSettings settings;

    LinearViewFit(TrainingContext context, JobSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    /// Linear view that was kept.
    ///
    /// @param method name of the method, for example `walk+visual`
    /// @param negative whether a link of any of its models is negative, so that it has no log form
    record Fitted(String method, boolean negative) {}

    /// Model that one method fitted to all data.
    ///
    /// @param index index of the method
    /// @param ndcg NDCG@20 on `valid`
    private record Contender(int index, String method, ItemItemModel links, double ndcg) {}

    /// Fits all methods, to the folds only those that are not far behind on `valid`.
    ///
    /// @param files files for the links of the best method: of all data, then of each fold
    Fitted fit(List<Fold> folds, List<Path> files) throws IOException {
        List<Contender> contenders = contenders();
        Fitted best = new Fitted("", false);
        double bestNdcg = -1;
        for (Contender contender : contenders) {
            List<ItemItemModel> fitted = new ArrayList<>(List.of(contender.links()));
            fitted.addAll(fitted(contender.index(), folds));
            double ndcg = folds.isEmpty() ? contender.ndcg() : (contender.ndcg() + measure(contender, fitted, folds)) / 2;
            if (ndcg > bestNdcg) {
                best = new Fitted(contender.method(), fitted.stream().anyMatch(ItemItemModel::hasNegativeLinks));
                bestNdcg = ndcg;
                write(fitted, files);
            }
        }
        return best;
    }

    /// Fits all methods to all data.
    ///
    /// @return those that reach [#CLOSE] of the best result on `valid`, in the order of the methods
    private List<Contender> contenders() {
        List<Contender> contenders = new ArrayList<>();
        List<LinearCandidate> methods = candidates(context.dataset());
        for (int index = 0; index < methods.size(); index++) {
            context.stop().check();
            LinearCandidate method = methods.get(index);
            ItemItemModel links = context.stages().time("fit " + method.name(), method.fit()::get);
            double ndcg = ndcg(links, context.validation(), ones(context.validation()));
            context.out().println(line(method.name(), "valid", ndcg));
            contenders.add(new Contender(index, method.name(), links, ndcg));
            double best = contenders.stream().mapToDouble(Contender::ndcg).max().orElseThrow();
            contenders.removeIf(contender -> contender.ndcg() < CLOSE * best);
        }
        return contenders;
    }

    private double measure(Contender contender, List<ItemItemModel> fitted, List<Fold> folds) {
        double hidden = hidden(fitted.subList(1, fitted.size()), folds);
        context.out().println(line(contender.method(), "folds", hidden));
        return hidden;
    }

    private static String line(String method, String users, double ndcg) {
        return String.format(Locale.ROOT, "linear view as %s: %s ndcg@20 %.4f", method, users, ndcg);
    }

    private static double[] ones(Validation validation) {
        return validation.users().stream().mapToDouble(_ -> 1).toArray();
    }

    private List<LinearCandidate> candidates(Dataset dataset) {
        int threads = Runtime.getRuntime().availableProcessors();
        return new LinearCandidates(dataset, settings.views().linear(), threads, context.manager()).all();
    }

    private List<ItemItemModel> fitted(int method, List<Fold> folds) {
        List<ItemItemModel> fitted = new ArrayList<>();
        for (Fold fold : folds) {
            context.stop().check();
            LinearCandidate part = candidates(fold.dataset()).get(method);
            String stage = "fit %s to fold %d".formatted(part.name(), fold.number());
            fitted.add(context.stages().time(stage, part.fit()::get));
        }
        return fitted;
    }

    private static void write(List<ItemItemModel> fitted, List<Path> files) throws IOException {
        for (int at = 0; at < fitted.size(); at++) {
            fitted.get(at).write(files.get(at));
        }
    }

    /// Returns the weighted mean over the hidden users of all folds.
    private double hidden(List<ItemItemModel> fitted, List<Fold> folds) {
        double sum = 0;
        long users = 0;
        for (int at = 0; at < fitted.size(); at++) {
            Fold fold = folds.get(at);
            sum += ndcg(fitted.get(at), fold.hidden(), fold.weights()) * fold.weights().length;
            users += fold.weights().length;
        }
        return users == 0 ? 0 : sum / users;
    }

    /// Returns the mean NDCG@20 of users whose weights have the mean 1.
    private double ndcg(ItemItemModel links, Validation users, double[] weights) {
        Recency recency = settings.views().recency(BlendedRecommender.LINEAR);
        List<UserOutcome> outcomes = users.outcomes(new LinearViewRanker(links, users.histories(), recency));
        return IntStream.range(0, weights.length)
                .mapToDouble(user -> weights[user] * outcomes.get(user).value(METRIC))
                .average()
                .orElse(0);
    }

    /// Ranking of the linear view alone. Items without a link to the history score zero, as in the published view.
    ///
    /// @param histories each user's earlier interactions, oldest first
    private record LinearViewRanker(ItemItemModel links, Function<HeldOutUser, int[]> histories, Recency recency)
            implements OfflineRanker {

        @Override
        public List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count) {
            return users.stream()
                    .map(user -> best(user, excluded.apply(user), count))
                    .toList();
        }

        private int[] best(HeldOutUser user, BitSet excluded, int count) {
            int[] history = histories.apply(user);
            SparseScores linked = links.scores(history, recency.weights(history.length));
            float[] scores = new float[links.size()];
            for (int at = 0; at < linked.size(); at++) {
                scores[linked.row(at)] = (float) linked.score(at);
            }
            return TopK.best(scores, excluded, count);
        }
    }
}
