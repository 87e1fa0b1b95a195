package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.Artifact.Probe;
import io.diffmm.artifacts.ArtifactDraft;
import io.diffmm.artifacts.ArtifactDraft.MemberDraft;
import io.diffmm.artifacts.ArtifactDraft.ModelDraft;
import io.diffmm.artifacts.ArtifactStore;
import io.diffmm.artifacts.Manifest.DatasetDescription;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetNotes;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.training.baseline.Ease;
import io.diffmm.training.linear.LinearSettings;
import io.diffmm.training.report.Comparison;
import io.diffmm.training.report.CurvePoint;
import io.diffmm.training.report.DatasetSummary;
import io.diffmm.training.report.MeasuredRanking;
import io.diffmm.training.report.NamedRanker;
import io.diffmm.training.report.Origin;
import io.diffmm.training.report.ReportFiles;
import io.diffmm.training.report.Role;
import io.diffmm.training.report.TrainingReport;
import io.diffmm.training.report.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What follows the last epoch: the best one is loaded as serving would load it, measured in detail beside
/// baselines and the current version, judged, and published with its report.
final class Conclusion {

    private final Job job;
    private final TrainingRequest request;
    private final JobSettings settings;
    private final Dataset dataset;
    private final Validation validation;
    private final PrintStream out;

    Conclusion(Job job, JobSettings settings) {
        this.job = job;
        this.request = job.request();
        this.settings = settings;
        this.dataset = job.dataset();
        this.validation = job.validation();
        this.out = job.out();
    }

    /// Ends a run.
    ///
    /// @return the directory of the published version
    /// @throws UnpublishedException if the model is not good enough
    Path conclude(TrainingLoop.Result result) throws IOException {
        NDManager manager = job.manager();
        Blending.Blended blended = new Blending(job, settings).complete(result.weights());
        Assessment assessment = new Assessment(dataset, validation, job.clock(), request.seed());
        List<Probe> probes = measureModel(assessment, blended.files(), manager);
        MeasuredRanking blend = blend(assessment);
        out.println("best epoch %d: %s".formatted(result.best().number(), summary(blend)));
        MeasuredRanking popularity = measurePopularity(assessment);
        measureEase(assessment, manager);
        CurrentVersion<Comparison> current = assessment.compare(modelDirectory(), manager);
        Verdict verdict = new Gate(request.gate())
                .judge(
                        blend.metric(Gate.METRIC).value(),
                        popularity.metric(Gate.METRIC).value(),
                        standard(current));
        TrainingReport report = report(result, blended, assessment, current, verdict, manager);
        return publish(draft(blended.files(), probes, assessment, verdict, report), verdict);
    }

    /// Measures the model as a server would load it, and asks it what a server will ask.
    private List<Probe> measureModel(Assessment assessment, ModelFiles files, NDManager parent) throws IOException {
        try (NDManager manager = parent.newSubManager();
                BlendedRecommender model = files.load(manager)) {
            Assessment.forEach(model, validation::ranker, assessment::measure);
            return ProbeRecorder.record(model, dataset);
        }
    }

    private static MeasuredRanking blend(Assessment assessment) {
        return assessment.rankings().stream()
                .filter(ranking -> ranking.role() == Role.BLEND)
                .findFirst()
                .orElseThrow();
    }

    private MeasuredRanking measurePopularity(Assessment assessment) {
        MeasuredRanking popularity =
                assessment.measure(new NamedRanker("popularity", Role.BASELINE, validation.popularity()));
        out.println("popularity: %s".formatted(summary(popularity)));
        return popularity;
    }

    private void measureEase(Assessment assessment, NDManager manager) {
        LinearSettings linear = settings.views().linear();
        if (dataset.items().size() > linear.closedFormItems()) {
            assessment.leaveOut("EASE, a baseline, was left out: there are more than %,d items (closed-form-items)."
                    .formatted(linear.closedFormItems()));
            return;
        }
        try (Ease ease = job.clock()
                .time(
                        "fit EASE",
                        () -> Ease.fit(dataset.train(), linear.ridgeLambda(), validation.histories(), manager))) {
            MeasuredRanking ranking = assessment.measure(new NamedRanker("EASE", Role.BASELINE, ease));
            out.println("EASE: %s".formatted(summary(ranking)));
        }
    }

    private Gate.Standard standard(CurrentVersion<Comparison> current) {
        return switch (current) {
            case CurrentVersion.None<Comparison>() -> new Gate.Standard.None();
            case CurrentVersion.Unusable<Comparison>(String reason) -> new Gate.Standard.Unknown(reason);
            case CurrentVersion.Measured<Comparison>(Comparison comparison) -> reached(comparison);
        };
    }

    private Gate.Standard reached(Comparison comparison) {
        double ndcg = comparison.blend().orElseThrow().now().getOrDefault(Gate.METRIC, 0.0);
        out.println(String.format(Locale.ROOT, "current version %s: valid ndcg@20 %.4f", comparison.version(), ndcg));
        return new Gate.Standard.Reached(comparison.version(), ndcg);
    }

    private TrainingReport report(
            TrainingLoop.Result result,
            Blending.Blended blended,
            Assessment assessment,
            CurrentVersion<Comparison> current,
            Verdict verdict,
            NDManager manager) {
        Program program = Program.current();
        Origin origin = new Origin(
                request.modelName(),
                request.family(),
                job.beside().stream().map(ModelFiles.Member::family).toList(),
                request.seed(),
                DeviceChoice.describe(manager.getDevice()),
                program.version(),
                program.commit(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
        return new TrainingReport(
                TrainingReport.FORMAT_VERSION,
                origin,
                verdict,
                DatasetSummary.of(dataset),
                result.curve().stream()
                        .filter(epoch -> epoch.score().isPresent())
                        .map(Conclusion::point)
                        .toList(),
                result.best().number(),
                assessment.rankings(),
                blended.summary(),
                assessment.leftOut(),
                current instanceof CurrentVersion.Measured<Comparison>(Comparison comparison)
                        ? Optional.of(comparison)
                        : Optional.empty(),
                job.clock().costs(),
                settings.tree());
    }

    private static CurvePoint point(Epoch epoch) {
        return new CurvePoint(epoch.number(), epoch.losses(), epoch.valid(), epoch.seconds());
    }

    private ArtifactDraft draft(
            ModelFiles files, List<Probe> probes, Assessment assessment, Verdict verdict, TrainingReport report) {
        DatasetNotes notes = dataset.notes();
        return new ArtifactDraft(
                request.modelName(),
                model(files),
                new DatasetDescription(dataset.fingerprint(), notes.users(), notes.items(), notes.trainInteractions()),
                assessment.metrics(),
                Optional.of(Gate.record(verdict)),
                new ArtifactContents(dataset.users(), dataset.items(), dataset.train(), dataset.times(), probes),
                Map.of(
                        ReportFiles.JSON, file -> ReportFiles.writeJson(report, file),
                        ReportFiles.PAGE, file -> ReportFiles.writePage(report, file)));
    }

    private Path publish(ArtifactDraft draft, Verdict verdict) {
        ArtifactStore store = new ArtifactStore(request.artifacts());
        return switch (verdict.outcome()) {
            case PUBLISHED -> store.publish(draft);
            case FORCED -> {
                out.println("publishing by force: %s".formatted(String.join(" ", verdict.reasons())));
                yield store.publish(draft);
            }
            case UNPUBLISHED -> throw new UnpublishedException(verdict, store.keepUnpublished(draft));
        };
    }

    private ModelDraft model(ModelFiles files) {
        List<MemberDraft> members = new ArrayList<>();
        members.add(
                new MemberDraft(files.first().family(), files.first().settings(), file -> writeWeights(files, file)));
        files.members()
                .subList(1, files.members().size())
                .forEach(member -> members.add(new MemberDraft(
                        member.family(), member.settings(), file -> Files.copy(member.weights(), file))));
        return new ModelDraft(
                members,
                files.blend().map(SettingsMapper::write).orElse(Map.of()),
                files.links().map(links -> file -> Files.copy(links, file)));
    }

    private void writeWeights(ModelFiles files, Path file) throws IOException {
        Files.copy(files.first().weights(), file);
        if (dataset.items().size() >= request.indexFrom()) {
            out.println(
                    "building the index of %,d items".formatted(dataset.items().size()));
            files.withWeights(file).index(dataset.train());
        }
    }

    private Path modelDirectory() {
        return request.artifacts().resolve(request.modelName());
    }

    private static String summary(MeasuredRanking ranking) {
        return String.format(
                Locale.ROOT,
                "valid recall@20 %.4f, ndcg@20 %.4f",
                ranking.metric("recall@20").value(),
                ranking.metric("ndcg@20").value());
    }
}
