package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.training.blend.BlendSearch;
import io.diffmm.training.report.BlendSummary;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What makes a trained model's views one score: the linear view is fitted beside them, and the blend chosen on
/// `valid`.
final class Blending {

    private final TrainingRequest request;
    private final JobSettings settings;
    private final Dataset dataset;
    private final Validation validation;
    private final Checkpoint checkpoint;
    private final StageClock clock;
    private final PrintStream out;

    Blending(
            TrainingRequest request,
            JobSettings settings,
            Dataset dataset,
            Validation validation,
            Checkpoint checkpoint,
            StageClock clock,
            PrintStream out) {
        this.request = request;
        this.settings = settings;
        this.dataset = dataset;
        this.validation = validation;
        this.checkpoint = checkpoint;
        this.clock = clock;
        this.out = out;
    }

    /// A model that is complete but for its publication.
    ///
    /// @param files where its parts are, and how they are blended
    /// @param summary how that was found
    record Blended(ModelFiles files, BlendSummary summary) {}

    /// Completes a model.
    ///
    /// @param weights of the best epoch
    Blended complete(Path weights, NDManager manager) throws IOException {
        String linear = new LinearViewChoice(settings.views(), dataset, validation, clock, out)
                .fit(checkpoint.links(), manager);
        var unblended = new ModelFiles(
                request.family(), settings.family(), weights, Optional.of(checkpoint.links()), Optional.empty());
        try (NDManager own = manager.newSubManager();
                BlendedRecommender model = unblended.load(own)) {
            BlendSearch.Result found = clock.time("choose the blend", () -> search(model));
            out.println(describe(found));
            return new Blended(unblended.with(found.blend()), summary(linear, found));
        }
    }

    private BlendSearch.Result search(BlendedRecommender model) {
        return new BlendSearch(model, validation.histories(), settings.views()::recency, request.seed())
                .search(validation.users());
    }

    private static String describe(BlendSearch.Result found) {
        String parts = found.blend().views().entrySet().stream()
                .map(view ->
                        String.format(Locale.ROOT, "%.4g %s", view.getValue().weight(), view.getKey()))
                .collect(Collectors.joining(" + "));
        return String.format(
                Locale.ROOT,
                "blend: %s; chosen on one half of the users, the other half has ndcg@20 %.4f",
                parts,
                found.otherHalf());
    }

    private static BlendSummary summary(String linear, BlendSearch.Result found) {
        return new BlendSummary(
                linear,
                found.blend().views().entrySet().stream()
                        .map(view -> part(view.getKey(), view.getValue()))
                        .toList(),
                found.otherHalf());
    }

    private static BlendSummary.Part part(String view, Blend.Part part) {
        return new BlendSummary.Part(
                view, part.weight(), part.recency().floor(), part.recency().power());
    }
}
