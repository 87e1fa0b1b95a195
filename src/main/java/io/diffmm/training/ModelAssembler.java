package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.training.LastRowFolds.Fold;
import io.diffmm.training.search.BlendSearch;
import io.diffmm.training.search.BlendSearch.SeedComparison;
import io.diffmm.training.search.CandidateCollector;
import io.diffmm.training.search.Candidates;
import io.diffmm.training.search.HeldOutScores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Completes a model from trained weights: fits the linear view, adds the ensemble members, and chooses the blend of
/// all views on `valid` and on folds of `train`.
final class ModelAssembler {

    private final TrainingContext context;
    private final JobSettings settings;

    ModelAssembler(TrainingContext context, JobSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    /// Model that is complete but not yet published.
    ///
    /// @param files files and blend of the model; with the models of all seeds only if the blend uses them
    /// @param linear method that the linear view was fitted by
    /// @param search result of the blend search
    /// @param served description of the blend
    /// @param notes remarks on views and seeds without a weight
    record AssembledModel(
            ModelFiles files, String linear, BlendSearch.Result search, ServedViews served, List<String> notes) {

        AssembledModel {
            notes = List.copyOf(notes);
        }
    }

    /// Model of the family in training, trained with one seed.
    ///
    /// @param epoch best epoch
    /// @param weights file with the weights of that epoch
    record TrainedMember(long seed, int epoch, Path weights) {}

    /// Completes a model.
    ///
    /// @param trained one model for each seed, at least one
    AssembledModel assemble(List<TrainedMember> trained) throws IOException {
        Checkpoint checkpoint = context.checkpoint();
        List<Fold> folds = folds();
        List<Path> links = new ArrayList<>(List.of(checkpoint.links()));
        folds.forEach(fold -> links.add(checkpoint.links(fold.number())));
        LinearViewFit.Fitted linear = new LinearViewFit(context, settings).fit(folds, links);
        Optional<HeldOutScores> hidden = hidden(folds, trained, links.subList(1, links.size()));
        ModelFiles unblended = files(trained, links.getFirst());
        context.stop().check();
        BlendSearch.Result result =
                context.stages().time("choose the blend", () -> search(unblended, linear.negative(), hidden));
        ServedViews served =
                ServedViews.of(result.blend(), context.request().family(), settings.names(context.dataset()));
        context.out().println(ServedViews.line(result));
        List<String> notes = notes(served, result, trained);
        notes.forEach(context.out()::println);
        ModelFiles kept = result.joined() ? unblended : files(trained.subList(0, 1), links.getFirst());
        return new AssembledModel(kept.with(result.blend()), linear.method(), result, served, notes);
    }

    private static List<String> notes(ServedViews served, BlendSearch.Result result, List<TrainedMember> trained) {
        List<String> notes = new ArrayList<>(served.note().stream().toList());
        result.seeds().filter(seeds -> !seeds.areJoined()).ifPresent(seeds -> notes.add(leftOut(seeds, trained)));
        return notes;
    }

    /// Formats the remark that only the first seed is served.
    private static String leftOut(SeedComparison seeds, List<TrainedMember> trained) {
        String numbers = trained.stream()
                .skip(1)
                .map(member -> Long.toString(member.seed()))
                .collect(Collectors.joining(", "));
        String folds = seeds.joinedOnFolds().isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", on the folds %.4f and %.4f",
                        seeds.joinedOnFolds().get(),
                        seeds.firstOnFolds().orElse(0.0));
        return String.format(
                Locale.ROOT,
                "Seeds left out: %s. NDCG@20 on valid is %.4f with all seeds joined and %.4f with seed %d alone%s.",
                numbers,
                seeds.joined(),
                seeds.first(),
                trained.getFirst().seed(),
                folds);
    }

    private List<Fold> folds() {
        int count = settings.views()
                .folds()
                .of(context.dataset(), !context.ensemble().isEmpty());
        return LastRowFolds.of(context.dataset(), count, context.request().seed());
    }

    private ModelFiles files(List<TrainedMember> trained, Path links) {
        List<ModelFiles.Member> members = new ArrayList<>();
        for (TrainedMember member : trained) {
            members.add(new ModelFiles.Member(
                    context.request().family(), settings.family(), member.weights(), Optional.of(member.seed())));
        }
        members.addAll(context.ensemble());
        return new ModelFiles(members, Optional.of(links), Optional.empty());
    }

    private Optional<HeldOutScores> hidden(List<Fold> folds, List<TrainedMember> trained, List<Path> links)
            throws IOException {
        if (folds.isEmpty()) {
            return Optional.empty();
        }
        List<HeldOutScores> scores = new ArrayList<>();
        for (Fold fold : folds) {
            String label = "fold %d of %d".formatted(fold.number(), folds.size());
            context.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%s: training without the newest interaction of %,d users",
                            label,
                            fold.weights().length));
            List<Candidates> candidates = context.stages()
                    .time(
                            "train " + label,
                            () -> new FoldTraining(context, settings)
                                    .candidates(fold, trained, links.get(scores.size()), label));
            scores.add(new HeldOutScores(fold.hidden().users(), candidates, fold.weights()));
        }
        return Optional.of(HeldOutScores.joined(scores));
    }

    private BlendSearch.Result search(ModelFiles files, boolean negative, Optional<HeldOutScores> hidden)
            throws IOException {
        Validation validation = context.validation();
        long seed = context.request().seed();
        try (NDManager own = context.manager().newSubManager();
                BlendedRecommender model = files.load(own)) {
            List<HeldOutUser> users = BlendSearch.sample(validation.users(), validation.histories(), seed);
            HeldOutScores valid = HeldOutScores.of(
                    users,
                    new CandidateCollector(model, settings.views()::recency, validation.histories()).collect(users));
            return new BlendSearch(model.views(), !negative, valid, hidden, settings.views()::recency, seed)
                    .search(users, validation.users());
        }
    }
}
