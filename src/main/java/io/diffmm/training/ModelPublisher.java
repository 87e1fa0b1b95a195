package io.diffmm.training;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactDraft;
import io.diffmm.artifacts.ArtifactDraft.MemberDraft;
import io.diffmm.artifacts.ArtifactDraft.ModelDraft;
import io.diffmm.artifacts.ArtifactStore;
import io.diffmm.artifacts.Manifest.DatasetDescription;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.report.DatasetSummary;
import io.diffmm.report.ReportFiles;
import io.diffmm.report.TrainingReport;
import io.diffmm.report.TrainingReport.BlendSummary;
import io.diffmm.report.TrainingReport.CurvePoint;
import io.diffmm.report.TrainingReport.Provenance;
import io.diffmm.report.TrainingReport.SeedSummary;
import io.diffmm.report.TrainingReport.Verdict;
import io.diffmm.training.ModelAssembler.AssembledModel;
import io.diffmm.training.QualityGate.UnpublishedException;
import io.diffmm.training.SeedTraining.TrainedSeed;
import io.diffmm.training.search.BlendSearch;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// Applies the quality gate to an evaluated model, writes its report, and publishes it.
final class ModelPublisher {

    private final TrainingContext context;
    private final TrainingRequest request;
    private final JobSettings settings;
    private final Dataset dataset;
    private final PrintStream out;

    ModelPublisher(TrainingContext context, JobSettings settings) {
        this.context = context;
        this.request = context.request();
        this.settings = settings;
        this.dataset = context.dataset();
        this.out = context.out();
    }

    /// Publishes a model with its report, or keeps it as an unpublished candidate.
    ///
    /// @return directory of the published version
    /// @throws UnpublishedException if the model fails the gate and publication is not forced
    Path publish(List<TrainedSeed> trained, AssembledModel model, OfflineEvaluation evaluation) {
        int epochs =
                trained.stream().mapToInt(seed -> seed.result().candidates()).sum();
        Verdict verdict =
                new QualityGate(request.gate()).judge(evaluation.evidence(epochs, model.notes()), evaluation.current());
        TrainingReport report = report(trained, model, evaluation, verdict);
        ArtifactDraft draft = draft(model.files(), evaluation, verdict, report);
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

    private TrainingReport report(
            List<TrainedSeed> trained, AssembledModel model, OfflineEvaluation evaluation, Verdict verdict) {
        TrainingLoop.Result training = trained.getFirst().result();
        return new TrainingReport(
                TrainingReport.FORMAT_VERSION,
                origin(),
                verdict,
                DatasetSummary.of(dataset),
                training.curve().stream()
                        .filter(epoch -> epoch.score().isPresent())
                        .map(epoch -> new CurvePoint(epoch.number(), epoch.losses(), epoch.valid(), epoch.seconds()))
                        .toList(),
                training.best().number(),
                trained.stream().map(seed -> summary(seed, model.files())).toList(),
                evaluation.rankings(),
                summary(model, evaluation),
                evaluation.leftOut(),
                evaluation.current() instanceof CurrentVersion.Measured measured
                        ? Optional.of(measured.comparison())
                        : Optional.empty(),
                context.stages().costs(),
                settings.tree());
    }

    private Provenance origin() {
        BuildInfo build = BuildInfo.current();
        return new Provenance(
                request.modelName(),
                request.family(),
                context.ensemble().stream().map(ModelFiles.Member::family).toList(),
                request.seed(),
                DeviceChoice.describe(context.manager().getDevice()),
                build.version(),
                build.commit(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    private static SeedSummary summary(TrainedSeed trained, ModelFiles files) {
        TrainingLoop.Epoch best = trained.result().best();
        return new SeedSummary(
                trained.seed(), trained.result().curve().size(), best.number(), best.valid(), trained.isIn(files));
    }

    private static BlendSummary summary(AssembledModel model, OfflineEvaluation evaluation) {
        BlendSearch.Result result = model.search();
        return new BlendSummary(
                model.linear(),
                model.served().title(),
                result.blend().views().entrySet().stream()
                        .map(view -> part(view.getKey(), view.getValue()))
                        .toList(),
                Map.of("ndcg@20", evaluation.outOfFold("ndcg@20"), "recall@20", evaluation.outOfFold("recall@20")),
                result.selection());
    }

    private static BlendSummary.BlendedView part(String view, Blend.Part part) {
        return new BlendSummary.BlendedView(
                view, part.weight(), part.recency().floor(), part.recency().power(), part.logOffset());
    }

    private ArtifactDraft draft(
            ModelFiles files, OfflineEvaluation evaluation, Verdict verdict, TrainingReport report) {
        DatasetCounts notes = dataset.notes();
        return new ArtifactDraft(
                request.modelName(),
                model(files),
                new DatasetDescription(dataset.fingerprint(), notes.users(), notes.items(), notes.trainInteractions()),
                evaluation.metrics(),
                Optional.of(QualityGate.record(verdict)),
                new ArtifactContents(
                        dataset.users(), dataset.items(), dataset.train(), dataset.times(), evaluation.probes()),
                Map.of(
                        ReportFiles.JSON, file -> ReportFiles.writeJson(report, file),
                        ReportFiles.PAGE, file -> ReportFiles.writePage(report, file)));
    }

    private ModelDraft model(ModelFiles files) {
        List<MemberDraft> members = new ArrayList<>();
        members.add(new MemberDraft(
                files.first().family(),
                files.first().settings(),
                files.first().seed(),
                file -> writeWeights(files, file)));
        files.members()
                .subList(1, files.members().size())
                .forEach(member -> members.add(new MemberDraft(
                        member.family(),
                        member.settings(),
                        member.seed(),
                        file -> Files.copy(member.weights(), file))));
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

    /// Version and commit of this program, from the properties file that the build writes.
    ///
    /// @param commit commit the program was built from; `unknown` if it was built outside a repository
    private record BuildInfo(String version, String commit) {

        private static final String FILE = "META-INF/build-info.properties";

        static BuildInfo current() {
            Properties build = new Properties();
            try (InputStream in = BuildInfo.class.getClassLoader().getResourceAsStream(FILE)) {
                if (in != null) {
                    build.load(in);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new BuildInfo(
                    build.getProperty("build.version", "development"), build.getProperty("build.commit", "unknown"));
        }
    }
}
