package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.report.TrainingReport.BlendSummary;
import io.diffmm.training.blend.BlendSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What makes a trained model's views one score: the linear view is fitted beside them, and the blend chosen on
/// `valid`.
final class Blending {

    private final Job job;
    private final JobSettings settings;

    Blending(Job job, JobSettings settings) {
        this.job = job;
        this.settings = settings;
    }

    /// A model that is complete but for its publication.
    ///
    /// @param files where its parts are, and how they are blended
    /// @param summary how that was found
    record Blended(ModelFiles files, BlendSummary summary) {}

    /// Completes a model.
    ///
    /// @param weights of the best epoch
    Blended complete(Path weights) throws IOException {
        Path links = job.checkpoint().links();
        String linear = new LinearViewChoice(job, settings.views()).fit(links);
        List<ModelFiles.Member> members = new ArrayList<>();
        members.add(new ModelFiles.Member(job.request().family(), settings.family(), weights));
        members.addAll(job.beside());
        var unblended = new ModelFiles(members, Optional.of(links), Optional.empty());
        try (NDManager own = job.manager().newSubManager();
                BlendedRecommender model = unblended.load(own)) {
            job.stop().check();
            BlendSearch.Result found = job.clock().time("choose the blend", () -> search(model));
            job.out().println(describe(found));
            return new Blended(unblended.with(found.blend()), summary(linear, found));
        }
    }

    private BlendSearch.Result search(BlendedRecommender model) {
        return new BlendSearch(
                        model,
                        job.validation().histories(),
                        settings.views()::recency,
                        job.request().seed())
                .search(job.validation().users());
    }

    private static String describe(BlendSearch.Result found) {
        String parts = found.blend().views().entrySet().stream()
                .map(view ->
                        String.format(Locale.ROOT, "%.4g %s", view.getValue().weight(), view.getKey()))
                .collect(Collectors.joining(" + "));
        String tested = found.otherHalf()
                .map(ndcg -> String.format(
                        Locale.ROOT, "; weights found on one half of the users reach ndcg@20 %.4f on the other", ndcg))
                .orElse("");
        return "blend: " + parts + tested;
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
