package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.families.denoiser.DenoiserSettings.Feedback;
import io.diffmm.families.denoiser.DenoiserSettings.Initialisation;
import io.diffmm.families.diffmm.RecommendationForm.FeatureMapKind;
import io.diffmm.model.SettingsMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DiffMmSettingsTest {

    private static final DiffMmSettings PAPERS = SettingsFixture.small(1, 1, FeatureMapKind.LINEAR);

    @Test
    void of_writtenSettings_isEqual() {
        DiffMmSettings settings = SettingsFixture.hiddenItems(PAPERS, Initialisation.SPECTRAL);

        assertThat(DiffMmSettings.of(SettingsMapper.write(settings))).isEqualTo(settings);
    }

    @Test
    void of_manifestOlderThanTheObjectives_isThePapers() {
        Map<String, Object> old = changed(PAPERS, diffusion -> {
            diffusion.remove("objective");
            diffusion.remove("start");
            diffusion.remove("averaging");
        });

        assertThat(DiffMmSettings.of(old)).isEqualTo(PAPERS);
    }

    @Test
    void of_unknownObjective_isRefusedByName() {
        assertThatThrownBy(() -> DiffMmSettings.of(changed(PAPERS, diffusion -> diffusion.put("objective", "none"))))
                .hasMessageContaining("none")
                .hasMessageContaining("hidden-items");
    }

    @Test
    void of_settingsWithoutEffectOnTheObjective_areRefused() {
        DiffMmSettings hidden = SettingsFixture.hiddenItems(PAPERS, Initialisation.SPECTRAL);

        assertRefused(hidden, "msi-weight", 0.1, "diffusion.msi-weight is 0.1, which the objective hidden");
        assertRefused(PAPERS, "start", "spectral", "diffusion.start is spectral, which the objective rec");
        assertRefused(PAPERS, "row-sum", 30, "diffusion.row-sum is 30.0, which the objective rec");
        assertRefused(PAPERS, "likelihood", "multinomial", "diffusion.likelihood is multinomial, which the objective");
        assertRefused(hidden, "prediction", "noise", "diffusion.prediction is noise, which the objective");
        assertRefused(
                hidden, "step-sampling", "importance", "diffusion.step-sampling is importance, which the objective");
        assertRefused(hidden, "likelihood", "multinomial", "diffusion.steps is 5; set diffusion.steps to 1");
    }

    @Test
    void of_feedback_isReadAndWritten_andAbsentByDefault() {
        DiffMmSettings settings = feedback(2, Map.of("share", 0.4, "items", 100));

        assertThat(settings.diffusion().feedback()).contains(new Feedback(0.4, 100));
        assertThat(settings.diffusion().trainedSteps()).isEqualTo(1);
        assertThat(DiffMmSettings.of(SettingsMapper.write(settings))).isEqualTo(settings);
        assertThat(PAPERS.diffusion().feedback()).isEmpty();
        assertThat(DiffMmSettings.of(changed(PAPERS, diffusion -> diffusion.put("feedback", "none"))))
                .isEqualTo(PAPERS);
        assertThat(PAPERS.diffusion().trainedSteps()).isEqualTo(5);
        assertThat(SettingsMapper.write(PAPERS.diffusion())).doesNotContainKey("feedback");
    }

    @Test
    void of_feedbackWithoutEffectOrOutOfRange_isRefused() {
        DiffMmSettings hidden = SettingsFixture.hiddenItems(PAPERS, Initialisation.SPECTRAL);
        Map<String, Object> fed = Map.of("share", 0.4, "items", 100);

        assertRefused(
                PAPERS, "feedback", fed, "but they are reconstruction and gaussian; set diffusion.feedback to none");
        assertRefused(
                hidden, "feedback", fed, "but they are hidden-items and gaussian; set diffusion.feedback to none");
        assertThatThrownBy(() -> feedback(1, fed))
                .hasMessageContaining(
                        "diffusion.steps is 1, so that no pass receives it; set diffusion.steps to 2 or diffusion.feedback to none");
        assertThatThrownBy(() -> feedback(101, fed))
                .hasMessageContaining("diffusion.steps with diffusion.feedback is 101; need 2 to 100");
        assertThatThrownBy(() -> feedback(2, Map.of("share", 0, "items", 100)))
                .hasMessageContaining("diffusion.feedback.share is 0.0; need 0 < value <= 1");
        assertThatThrownBy(() -> feedback(2, Map.of("share", 1.5, "items", 100)))
                .hasMessageContaining("diffusion.feedback.share is 1.5");
        assertThatThrownBy(() -> feedback(2, Map.of("share", 0.4, "items", 0)))
                .hasMessageContaining("diffusion.feedback.items is 0; need 1 to");
        assertThatThrownBy(() -> feedback(2, Map.of("share", 0.4))).hasMessageContaining("items");
        assertThatThrownBy(() -> feedback(2, Map.of("share", 0.4, "items", 5, "rows", 1)))
                .hasMessageContaining("unknown setting 'diffusion.feedback.rows'");
    }

    private static DiffMmSettings feedback(int steps, Map<String, Object> feedback) {
        DiffMmSettings hidden = SettingsFixture.hiddenItems(PAPERS, Initialisation.SPECTRAL);
        return DiffMmSettings.of(changed(hidden, diffusion -> {
            diffusion.put("likelihood", "multinomial");
            diffusion.put("steps", steps);
            diffusion.put("feedback", feedback);
        }));
    }

    @Test
    void of_averagingOrWidthsOutOfRange_areRefused() {
        DiffMmSettings hidden = SettingsFixture.hiddenItems(PAPERS, Initialisation.SPECTRAL);

        assertRefused(hidden, "averaging", 1.0, "diffusion.averaging is 1.0; need 0 <= value < 1");
        assertRefused(hidden, "hidden", List.of(8, 4), "needs a single hidden layer, and diffusion.hidden has 2");
        assertThat(DiffMmSettings.of(changed(
                                SettingsFixture.hiddenItems(PAPERS, Initialisation.RANDOM),
                                diffusion -> diffusion.put("hidden", List.of(8, 4))))
                        .diffusion()
                        .hidden())
                .containsExactly(8, 4);
    }

    @Test
    void of_settingsOlderThanTheForms_areThoseOfThePublishedForm() {
        Map<String, Object> old = new LinkedHashMap<>(SettingsMapper.write(PAPERS));
        Map<String, Object> form = section(old, "recommendation");
        old.remove("recommendation");
        form.remove("form");
        old.putAll(form);
        Map<String, Object> optimisation = section(old, "optimisation");
        optimisation.remove("interval");
        optimisation.remove("diffusion-epochs");
        old.put("optimisation", optimisation);

        assertThat(old).containsKeys("layers", "contrast").doesNotContainKey("recommendation");
        assertThat(DiffMmSettings.of(old)).isEqualTo(PAPERS);
    }

    @Test
    void of_history_hasDefaults_andIsEqualAfterWriting() {
        DiffMmSettings settings = DiffMmSettings.of(history(Map.of()));

        assertThat(settings.recommendation())
                .isEqualTo(new RecommendationForm.History(
                        RecommendationForm.Loss.SOFTMAX,
                        0.4,
                        16,
                        0.3,
                        RecommendationForm.Score.JOINT,
                        0,
                        1,
                        0,
                        0.5,
                        2,
                        Optional.empty()));
        assertThat(settings.optimisation().regularisation()).isZero();
        assertThat(DiffMmSettings.of(SettingsMapper.write(settings))).isEqualTo(settings);
    }

    @Test
    void of_bridge_isReadAndWritten_andAbsentByDefault() {
        DiffMmSettings settings = DiffMmSettings.of(history(Map.of("bridge", bridge(Map.of()))));

        assertThat(bridgeOf(settings)).contains(new BridgeSettings(3, 0.3, 16, 0.3, 0.01, 0.001, 8, 2, 0.9));
        assertThat(DiffMmSettings.of(SettingsMapper.write(settings))).isEqualTo(settings);
        assertThat(bridgeOf(DiffMmSettings.of(history(Map.of("bridge", "none")))))
                .isEmpty();
        assertThat(SettingsMapper.write(DiffMmSettings.of(history(Map.of())).recommendation()))
                .doesNotContainKey("bridge");
    }

    @Test
    void of_bridgeWithoutEffectOrOutOfRange_isRefused() {
        assertBridgeRefused(Map.of("steps", 0), "recommendation.bridge.steps is 0; need 1 to 100");
        assertBridgeRefused(Map.of("steps", 101), "recommendation.bridge.steps is 101; need 1 to 100");
        assertBridgeRefused(Map.of("steps", 1), "recommendation.bridge.noise is 0.3, but the only step begins at");
        assertBridgeRefused(Map.of("noise", -1), "recommendation.bridge.noise is -1.0; need at least 0");
        assertBridgeRefused(Map.of("hidden", 0), "recommendation.bridge.hidden is 0; need 1 to");
        assertBridgeRefused(Map.of("temperature", 0), "recommendation.bridge.temperature is 0.0; need at least 0.03");
        assertBridgeRefused(Map.of("learning-rate", 0), "recommendation.bridge.learning-rate is 0.0; need a positive");
        assertBridgeRefused(Map.of("weight-decay", -1), "recommendation.bridge.weight-decay is -1.0; need at least");
        assertBridgeRefused(Map.of("batch-size", 0), "recommendation.bridge.batch-size is 0.0; need at least 1");
        assertBridgeRefused(Map.of("from", 0), "recommendation.bridge.from is 0.0; need at least 1");
        assertBridgeRefused(Map.of("averaging", 1), "recommendation.bridge.averaging is 1.0; need 0 <= value < 1");
        assertBridgeRefused(Map.of("width", 1), "width");
        assertHistoryRefused(
                Map.of("bridge", bridge(Map.of()), "score", "sum"),
                "recommendation.bridge is set, which needs the vectors of a single view, but recommendation.score is sum");
        Map<String, Object> published = new LinkedHashMap<>(SettingsMapper.write(PAPERS));
        Map<String, Object> form = section(published, "recommendation");
        form.put("bridge", bridge(Map.of()));
        published.put("recommendation", form);
        assertThatThrownBy(() -> DiffMmSettings.of(published))
                .hasMessageContaining("recommendation.bridge is a setting of the form history")
                .hasMessageContaining("recommendation.form is published");
    }

    private static void assertBridgeRefused(Map<String, Object> changes, String message) {
        assertHistoryRefused(Map.of("bridge", bridge(changes)), message);
    }

    private static Optional<BridgeSettings> bridgeOf(DiffMmSettings settings) {
        return ((RecommendationForm.History) settings.recommendation()).bridge();
    }

    private static Map<String, Object> bridge(Map<String, Object> changes) {
        Map<String, Object> bridge = new LinkedHashMap<>(
                Map.of("steps", 3, "noise", 0.3, "hidden", 16, "temperature", 0.3, "learning-rate", 0.01, "from", 2));
        bridge.putAll(Map.of("weight-decay", 0.001, "batch-size", 8, "averaging", 0.9));
        bridge.putAll(changes);
        return bridge;
    }

    @Test
    void of_settingsWithoutEffectOnTheForm_areRefused() {
        assertHistoryRefused(Map.of("loss", "bpr"), "recommendation.negatives is 16, but the loss bpr");
        assertHistoryRefused(Map.of("edges-per-user", 2), "recommendation.edges-per-user is 2, but no graphs");
        assertHistoryRefused(
                Map.of("contrast-temperature", 0.3),
                "recommendation.contrast-temperature is 0.3, but there is no contrast, because recommendation.contrast-weight is 0; remove it, or set recommendation.contrast-weight");
        assertThat(DiffMmSettings.of(history(Map.of("contrast-temperature", 0.3, "contrast-weight", 0.1)))
                        .recommendation()
                        .usesGraphs())
                .isFalse();
        assertHistoryRefused(Map.of("layers", 1), "recommendation.layers is a setting of the form published");
        assertHistoryRefused(
                Map.of("form", "other"), "recommendation.form is 'other'; valid values: published, history");
        assertHistoryRefused(Map.of("loss", "none"), "recommendation.loss is 'none'; valid values: softmax, bpr");
        assertHistoryRefused(Map.of("temperature", 0), "recommendation.temperature is 0.0; need at least 0.03");
        Map<String, Object> incomplete = history(Map.of());
        incomplete.put("recommendation", Map.of("form", "history"));
        assertThatThrownBy(() -> DiffMmSettings.of(incomplete)).hasMessageContaining("recommendation");
        Map<String, Object> mixed = history(Map.of());
        mixed.put("layers", 2);
        assertThatThrownBy(() -> DiffMmSettings.of(mixed))
                .hasMessageContaining("layers is a setting of the form published, but recommendation.form is history")
                .hasMessageContaining("preset: paper");
        Map<String, Object> decayed = history(Map.of());
        Map<String, Object> optimisation = section(decayed, "optimisation");
        optimisation.put("regularisation", 0.1);
        decayed.put("optimisation", optimisation);
        assertThatThrownBy(() -> DiffMmSettings.of(decayed))
                .hasMessageContaining("optimisation.regularisation is 0.1, which the form history does not use");
    }

    @Test
    void withEpochs_trainsTheDenoisersAsLong_unlessTheyStopEarlier() {
        DiffMmSettings stopping = DiffMmSettings.of(history(Map.of()));

        assertThat(PAPERS.withEpochs(9).optimisation().diffusionEpochs()).isEqualTo(9);
        assertThat(stopping.withEpochs(9).optimisation().epochs()).isEqualTo(9);
        assertThat(stopping.withEpochs(9).optimisation().diffusionEpochs()).isEqualTo(3);
    }

    private static void assertHistoryRefused(Map<String, Object> changes, String message) {
        assertThatThrownBy(() -> DiffMmSettings.of(history(changes)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    /// Returns settings of the form `history` with changes to their recommendation part.
    private static Map<String, Object> history(Map<String, Object> changes) {
        Map<String, Object> form = new LinkedHashMap<>(Map.of(
                "form",
                "history",
                "loss",
                "softmax",
                "temperature",
                0.4,
                "negatives",
                16,
                "feature-share",
                0.3,
                "averaging-from",
                2));
        form.putAll(changes);
        Map<String, Object> tree = new LinkedHashMap<>(SettingsMapper.write(PAPERS));
        tree.put("recommendation", form);
        tree.put(
                "optimisation",
                Map.of("learning-rate", 0.1, "batch-size", 8, "epochs", 5, "patience", 5, "diffusion-epochs", 3));
        return tree;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> section(Map<String, Object> tree, String name) {
        return new LinkedHashMap<>((Map<String, Object>) tree.get(name));
    }

    private static void assertRefused(DiffMmSettings settings, String name, Object value, String message) {
        assertThatThrownBy(() -> DiffMmSettings.of(changed(settings, diffusion -> diffusion.put(name, value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static Map<String, Object> changed(DiffMmSettings settings, Consumer<Map<String, Object>> change) {
        Map<String, Object> tree = new LinkedHashMap<>(SettingsMapper.write(settings));
        Map<String, Object> diffusion = section(tree, "diffusion");
        change.accept(diffusion);
        tree.put("diffusion", diffusion);
        return tree;
    }
}
