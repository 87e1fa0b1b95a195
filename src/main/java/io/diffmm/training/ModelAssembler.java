package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.evaluation.OfflineRanker;
import io.diffmm.linear.ItemItemModel;
import io.diffmm.linear.LinearSettings.LinearCandidate;
import io.diffmm.linear.LinearSettings.LinearCandidates;
import io.diffmm.model.Recency;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.ranking.SparseScores;
import io.diffmm.ranking.TopK;
import io.diffmm.training.search.BlendSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// Completes a model from trained weights: fits the linear view, adds the ensemble members, and chooses the blend of
/// all views on `valid`.
final class ModelAssembler {

    private final TrainingContext context;
    private final JobSettings settings;

    ModelAssembler(TrainingContext context, JobSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    /// Model that is complete but not yet published.
    ///
    /// @param files files and blend of the model
    /// @param linear method that the linear view was fitted by
    /// @param search result of the blend search
    record AssembledModel(ModelFiles files, String linear, BlendSearch.Result search) {}

    /// Model of the family in training, trained with one seed.
    ///
    /// @param epoch best epoch
    /// @param weights file with the weights of that epoch
    record TrainedMember(long seed, int epoch, Path weights) {}

    /// Completes a model.
    ///
    /// @param trained one model for each seed, at least one
    AssembledModel assemble(List<TrainedMember> trained) throws IOException {
        Path links = context.checkpoint().links();
        String linear = fitLinearView(links);
        List<ModelFiles.Member> members = new ArrayList<>();
        for (TrainedMember member : trained) {
            members.add(new ModelFiles.Member(
                    context.request().family(), settings.family(), member.weights(), Optional.of(member.seed())));
        }
        members.addAll(context.ensemble());
        var unblended = new ModelFiles(members, Optional.of(links), Optional.empty());
        try (NDManager own = context.manager().newSubManager();
                BlendedRecommender model = unblended.load(own)) {
            context.stop().check();
            BlendSearch.Result result = context.stages().time("choose the blend", () -> search(model));
            context.out().println(describe(result));
            unweighted(model, result).ifPresent(context.out()::println);
            return new AssembledModel(unblended.with(result.blend()), linear, result);
        }
    }

    /// Fits the linear view by every method, and writes the links of the one that ranks `valid` best.
    ///
    /// @return name of that method, for example `walk+visual`
    private String fitLinearView(Path file) throws IOException {
        String best = "";
        double bestNdcg = -1;
        int threads = Runtime.getRuntime().availableProcessors();
        for (LinearCandidate candidate :
                new LinearCandidates(context.dataset(), settings.views().linear(), threads, context.manager()).all()) {
            context.stop().check();
            ItemItemModel links = context.stages().time("fit " + candidate.name(), candidate.fit()::get);
            double ndcg = ndcg(links);
            context.out()
                    .println(String.format(
                            Locale.ROOT, "linear view as %s: valid ndcg@20 %.4f", candidate.name(), ndcg));
            if (ndcg > bestNdcg) {
                best = candidate.name();
                bestNdcg = ndcg;
                links.write(file);
            }
        }
        return best;
    }

    private double ndcg(ItemItemModel links) {
        Validation validation = context.validation();
        Recency recency = settings.views().recency(BlendedRecommender.LINEAR);
        return validation
                .measure(new LinearViewRanker(links, validation.histories(), recency))
                .metrics()
                .getOrDefault(QualityGate.METRIC, 0.0);
    }

    private BlendSearch.Result search(BlendedRecommender model) {
        return new BlendSearch(
                        model,
                        context.validation().histories(),
                        settings.views()::recency,
                        context.request().seed())
                .search(context.validation().users());
    }

    /// Names the views that the blend leaves out, so that a family without influence on the lists does not go
    /// unnoticed.
    private static Optional<String> unweighted(BlendedRecommender model, BlendSearch.Result result) {
        Set<String> names = new TreeSet<>(model.views());
        names.removeAll(result.blend().views().keySet());
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of("without weight in the blend: " + String.join(", ", names));
    }

    private static String describe(BlendSearch.Result result) {
        String crossValidated = result.crossValidatedNdcg()
                .map(ndcg -> String.format(
                        Locale.ROOT, "; weights found on one half of the users reach ndcg@20 %.4f on the other", ndcg))
                .orElse("");
        return "blend: " + result.blend().describe() + crossValidated;
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
