package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.DenoiserSettings.Initialisation;
import io.diffmm.families.denoiser.DenoiserSettings.Objective;
import io.diffmm.families.diffmm.BridgeSettings;
import io.diffmm.families.diffmm.DiffMmSettings;
import io.diffmm.families.diffmm.RecommendationForm;
import io.diffmm.families.diffmm.RecommendationForm.ContrastMethod;
import io.diffmm.families.diffmm.RecommendationForm.FeatureMapKind;
import io.diffmm.families.diffmm.RecommendationForm.Loss;
import io.diffmm.families.diffmm.RecommendationForm.Score;
import io.diffmm.linear.LinearSettings;
import io.diffmm.model.Recency;
import io.diffmm.training.JobSettings.ViewSettings;
import io.diffmm.training.JobSettings.ViewSettings.FoldCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.dataformat.yaml.YAMLMapper;

class SettingsFileTest {

    private static final TrainerFamily<?> DIFFMM = TrainerFamily.named("diffmm");

    @TempDir
    Path directory;

    @Test
    void read_withoutConfig_isTheFirstPreset_inTheFormHistory() {
        DiffMmSettings tiktok = settings(Optional.empty());

        assertThat(tiktok.diffusion().objective()).isEqualTo(Objective.HIDDEN_ITEMS);
        assertThat(tiktok.diffusion().start()).isEqualTo(Initialisation.SPECTRAL);
        assertThat(tiktok.embeddingSize()).isEqualTo(128);
        assertThat(tiktok.recommendation())
                .isEqualTo(new RecommendationForm.History(
                        Loss.SOFTMAX,
                        0.4,
                        1024,
                        0.3,
                        Score.JOINT,
                        0,
                        1,
                        0,
                        0.5,
                        4,
                        Optional.of(new BridgeSettings(3, 0.3, 256, 0.3, 0.001, 0.001, 512, 6, 0.98))));
        assertThat(tiktok.optimisation().epochs()).isEqualTo(20);
    }

    @Test
    void read_paper_isTheSettingsPublishedForTikTok() {
        DiffMmSettings paper = settings(Optional.of("paper"));

        assertThat(paper.embeddingSize()).isEqualTo(64);
        assertThat(published(paper).layers()).isEqualTo(1);
        assertThat(paper.diffusion())
                .isEqualTo(DenoiserSettings.of(Map.ofEntries(
                        Map.entry("objective", "reconstruction"),
                        Map.entry("hidden", List.of(1000)),
                        Map.entry("steps", 5),
                        Map.entry("noise-scale", 0.1),
                        Map.entry("noise-min", 1e-4),
                        Map.entry("noise-max", 0.02),
                        Map.entry("first-beta", 1e-4),
                        Map.entry("step-embedding", 10),
                        Map.entry("dropout", 0.5),
                        Map.entry("msi-weight", 0.1),
                        Map.entry("learning-rate", 1e-3),
                        Map.entry("batch-size", 1024))));
        assertThat(published(paper).edgeKeep()).isEqualTo(0.5);
        assertThat(published(paper).contrast())
                .isEqualTo(new RecommendationForm.Contrast(ContrastMethod.MAIN_VIEW, 0.01, 0.5));
        assertThat(paper.optimisation().epochs()).isEqualTo(50);
        assertThat(paper.optimisation().regularisation()).isEqualTo(1e-4);
    }

    @Test
    void read_namedPresets_areThePapers() {
        DiffMmSettings baby = settings(Optional.of("baby"));
        DiffMmSettings sports = settings(Optional.of("sports"));

        assertThat(published(baby).featureMap()).isEqualTo(FeatureMapKind.LEAKY_RELU);
        assertThat(baby.diffusion().msiWeight()).isEqualTo(0.01);
        assertThat(published(baby).contrast().weight()).isEqualTo(0.1);
        assertThat(baby.optimisation().regularisation()).isEqualTo(1e-5);
        assertThat(published(sports).contrast().temperature()).isEqualTo(0.1);
        assertThat(published(sports).residual()).isEqualTo(0.1);
        assertThat(published(sports).edgeKeep()).isEqualTo(1);
        assertThat(sports.diffusion().msiWeight()).isEqualTo(0.5);
        assertThat(sports.optimisation().regularisation()).isEqualTo(1e-6);
    }

    @Test
    void read_file_changesOnlyWhatItNames() throws IOException {
        DiffMmSettings changed = settings(Optional.of(file("preset: baby\nlayers: 2\ndiffusion: {steps: 9}\n")));

        DiffMmSettings baby = settings(Optional.of("baby"));
        assertThat(published(changed).layers()).isEqualTo(2);
        assertThat(changed.diffusion().steps()).isEqualTo(9);
        assertThat(changed.diffusion().hidden()).isEqualTo(baby.diffusion().hidden());
        assertThat(published(changed).contrast()).isEqualTo(published(baby).contrast());
    }

    @Test
    void complete_readBack_isTheSameSettings_inEachPresetOfEachFamily() throws IOException {
        for (TrainerFamily<?> family : TrainerFamily.all()) {
            for (String preset : family.presets()) {
                Map<String, Object> settings =
                        JobSettings.read(Optional.of(preset), family).tree();
                Path file = directory.resolve("complete.yaml");
                Files.writeString(file, new YAMLMapper().writeValueAsString(SettingsFile.complete(settings)));

                assertThat(JobSettings.read(Optional.of(file.toString()), family)
                                .tree())
                        .isEqualTo(settings);
            }
        }
    }

    @Test
    void read_folds_areAutoOrANumber() throws IOException {
        JobSettings given = JobSettings.read(Optional.of(file("views: {folds: 4}")), DIFFMM);

        assertThat(given.views().folds()).isEqualTo(new FoldCount(OptionalInt.of(4)));
        assertThat(given.tree().toString()).contains("folds=4");
        assertThat(given.withoutFolds().views().folds().given()).hasValue(0);
        assertThat(JobSettings.read(Optional.of(file("views: {folds: auto}")), DIFFMM)
                        .tree()
                        .toString())
                .contains("folds=auto");
        for (String wrong : List.of("11", "-1", "2.5", "many", "[3]")) {
            assertThatThrownBy(() -> JobSettings.read(Optional.of(file("views: {folds: %s}".formatted(wrong))), DIFFMM))
                    .hasMessageContaining("folds is " + wrong)
                    .hasMessageContaining("0 to 10");
        }
    }

    @Test
    void read_views_areTheDefaults_exceptForThoseOfAFile() throws IOException {
        ViewSettings changed = JobSettings.read(
                        Optional.of(file("views: {linear: {links: 50}, recency: {denoised: {floor: 0.1, power: 3}}}")),
                        DIFFMM)
                .views();

        for (String preset : List.of("paper", "baby", "sports")) {
            ViewSettings views = JobSettings.read(Optional.of(preset), DIFFMM).views();
            assertThat(views).isEqualTo(new ViewSettings(LinearSettings.defaults(), Map.of(), FoldCount.AUTOMATIC));
        }
        assertThat(changed.linear().links()).isEqualTo(50);
        assertThat(changed.linear().walkSteps()).isEqualTo(6);
        assertThat(changed.recency("denoised.visual")).isEqualTo(new Recency(0.1, 3));
        assertThat(changed.recency("linear")).isEqualTo(Recency.NONE);
        assertThat(changed.folds()).isEqualTo(FoldCount.AUTOMATIC);
        assertThatThrownBy(() -> JobSettings.read(Optional.of(file("views: {linear: {links: 0}}")), DIFFMM))
                .hasMessageContaining("links is 0");
        assertThatThrownBy(() -> JobSettings.read(Optional.of(file("views: {linear: {linkss: 3}}")), DIFFMM))
                .hasMessageContaining("unknown setting 'linear.linkss'")
                .hasMessageContaining("links");
        for (String empty : List.of("views:", "views: {linear: null}", "views: {recency: {linear: }}", "layers:")) {
            assertThatThrownBy(() -> JobSettings.read(Optional.of(file(empty)), DIFFMM))
                    .hasMessageContaining("has no value");
        }
        assertThatThrownBy(() -> changed.requireKnown(List.of("embeddings")))
                .hasMessageContaining("'denoised'")
                .hasMessageContaining("embeddings, linear");
        assertThatThrownBy(() -> JobSettings.read(Optional.of(file("views: 3")), DIFFMM))
                .hasMessageContaining("views is 3");
    }

    @Test
    void read_badInput_isRefusedByName() throws IOException {
        assertThatThrownBy(() -> settings(Optional.of("nowhere.yaml")))
                .hasMessageContaining("nowhere.yaml")
                .hasMessageContaining("tiktok");
        assertThatThrownBy(() -> settings(Optional.of(file("preset: other"))))
                .hasMessageContaining("diffmm has no preset 'other'");
        assertThatThrownBy(() -> settings(Optional.of(file("- a list")))).hasMessageContaining("not a YAML mapping");
        assertThatThrownBy(() -> settings(Optional.of(file("layer: 2")))).hasMessageContaining("layer");
        assertThatThrownBy(() -> settings(Optional.of(file("preset: paper\nlayers: many"))))
                .hasMessageContaining("many");
        assertThatThrownBy(() -> settings(Optional.of(file("diffusion: {dropout: 1}"))))
                .hasMessageContaining("diffusion.dropout is 1.0");
        assertThatThrownBy(() -> settings(Optional.of(file("preset: paper\nedge-keep: 0"))))
                .hasMessageContaining("edge-keep is 0.0");
        assertThatThrownBy(() -> settings(Optional.of(file("embedding-size: 0"))))
                .hasMessageContaining("embedding-size is 0");
    }

    private static RecommendationForm.Published published(DiffMmSettings settings) {
        return (RecommendationForm.Published) settings.recommendation();
    }

    private DiffMmSettings settings(Optional<String> config) {
        return DiffMmSettings.of(JobSettings.read(config, DIFFMM).family());
    }

    private String file(String text) throws IOException {
        return Files.writeString(directory.resolve("settings.yaml"), text).toString();
    }
}
