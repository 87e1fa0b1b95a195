package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Messages for settings files with a flaw, as an operator reads them.
class SettingsMessagesTest {

    private static final String OTHER_FORM =
            "; remove it, or start from a preset of the intended form: 'preset: paper' for published, 'preset: tiktok' for history";

    @TempDir
    Path directory;

    static Stream<Arguments> flaws() {
        return Stream.of(
                diffmm(
                        "preset: demo\nrecommendation: {bridge: {steps: 2}}",
                        "recommendation.bridge.noise is missing; set it"),
                diffmm("diffusion: {feedback: {share: 0.5}}", "diffusion.feedback.items is missing; set it"),
                diffmm(
                        "feedback: {share: 0.5}",
                        "unknown setting 'feedback'; settings at this level: [embedding-size, recommendation, diffusion, optimisation]"),
                diffmm(
                        "optimisation: {rate: 1}",
                        "unknown setting 'optimisation.rate'; settings at this level: [learning-rate, regularisation, batch-size, products, epochs, patience, interval, diffusion-epochs]"),
                diffmm(
                        "recommendation: {bridge: {width: 1}}",
                        "unknown setting 'recommendation.bridge.width'; settings at this level: [steps, noise, hidden, temperature, learning-rate, weight-decay, batch-size, from, averaging]"),
                diffmm(
                        "recommendation: {los: bpr}",
                        "unknown setting 'recommendation.los'; settings at this level: [form, loss, temperature, negatives, feature-share, score, modality-graph, edges-per-user, contrast-weight, contrast-temperature, averaging-from, bridge]"),
                diffmm(
                        "recommendation: {form: published}",
                        "recommendation.loss is a setting of the form history, but recommendation.form is published"
                                + OTHER_FORM),
                diffmm(
                        "preset: paper\nrecommendation: {form: history}",
                        "recommendation.layers is a setting of the form published, but recommendation.form is history"
                                + OTHER_FORM),
                diffmm(
                        "layers: 2",
                        "layers is a setting of the form published, but recommendation.form is history" + OTHER_FORM),
                diffmm(
                        "recommendation: {form: other}",
                        "recommendation.form is 'other'; valid values: published, history"),
                diffmm("recommendation: off", "recommendation is 'off'; need a section"),
                diffmm("recommendation: {bridge: off}", "recommendation.bridge is 'off'; need a section, or none"),
                diffmm("recommendation: {bridge: 3}", "recommendation.bridge is 3; need a section, or none"),
                diffmm("diffusion: {feedback: [1]}", "diffusion.feedback is [1]; need a section, or none"),
                diffmm("diffusion: 3", "diffusion is 3; need a section"),
                diffmm("diffusion: {steps: many}", "diffusion.steps is 'many'; need an integer"),
                diffmm("diffusion: {steps: 2.5}", "diffusion.steps is 2.5; need an integer"),
                diffmm("diffusion: {hidden: 400}", "diffusion.hidden is 400; need a list"),
                diffmm("diffusion: {hidden: [wide]}", "diffusion.hidden[0] is 'wide'; need an integer"),
                diffmm("diffusion: {dropout: {a: 1}}", "diffusion.dropout is a section; need a number"),
                diffmm("embedding-size: [4]", "embedding-size is [4]; need an integer"),
                diffmm("recommendation: {loss: [bpr]}", "recommendation.loss is [bpr]; valid values: softmax, bpr"),
                diffmm("preset: paper\ncontrast: 1", "recommendation.contrast is 1; need a section"),
                diffmm("preset: paper\nlayers: many", "recommendation.layers is 'many'; need an integer"),
                Arguments.of("l-diffrec", "latent: {item-vectors: [3]}", "latent.item-vectors is [3]; need text"),
                Arguments.of("t-diffrec", "temporal: 3", "temporal is 3; need a section"),
                Arguments.of("mf-bpr", "fold-in: x", "fold-in is 'x'; need a number"));
    }

    private static Arguments diffmm(String file, String message) {
        return Arguments.of("diffmm", file, message);
    }

    @ParameterizedTest
    @MethodSource("flaws")
    void read_flaw_namesTheSettingAndTheRemedy(String family, String file, String message) throws IOException {
        assertThat(refusal(family, file)).isEqualTo("settings: " + message);
    }

    @Test
    void read_completeFileWithoutASetting_namesIt() throws IOException {
        String views = "preset: none\nviews: {recency: {}, linear: {links: 9, walk-continuation: 0.9, walk-steps: 6, "
                + "neighbours: 9, feature-share: 0.1, ridge-lambda: 9, closed-form-items: 9}}\n";

        assertThat(refusal("diffmm", views)).isEqualTo("settings: embedding-size is missing; set it");
        assertThat(refusal("diffmm", views + "embedding-size: 4"))
                .isEqualTo("settings: recommendation.layers is missing; set it");
        assertThat(refusal("diffmm", views + "embedding-size: 4\nrecommendation: {form: history}"))
                .isEqualTo("settings: recommendation.loss is missing; set it");
        assertThat(refusal("mf-bpr", views + "embedding-size: 4\nfold-in: 1"))
                .isEqualTo("settings: optimisation is missing; set it");
    }

    @Test
    void read_flawOfTheViews_namesTheSettingAndTheRemedy() throws IOException {
        assertThat(refusal("diffmm", "views: {linear: {links: x}}"))
                .isEqualTo("views: settings: linear.links is 'x'; need an integer");
        assertThat(refusal("diffmm", "views: {recency: {linear: {floor: 1}}}"))
                .isEqualTo("views: settings: recency.linear.power is missing; set it");
        assertThat(refusal("diffmm", "preset: none\nviews: {}"))
                .isEqualTo("views: settings: linear is missing; set it");
        assertThat(refusal("diffmm", "views: {recency: 3}")).isEqualTo("views: settings: recency is 3; need a section");
    }

    @ParameterizedTest
    @MethodSource("notMappings")
    void read_fileThatIsNoMapping_isRefusedInWordsOfTheFormat(String file, String message) throws IOException {
        assertThat(refusal("diffmm", file)).isEqualTo(message.replace("FILE", file().toString()));
    }

    static Stream<Arguments> notMappings() {
        return Stream.of(
                Arguments.of("- a list", "FILE is not a YAML mapping of settings: it is a list"),
                Arguments.of("text", "FILE is not a YAML mapping of settings: it is a single value"),
                Arguments.of("3", "FILE is not a YAML mapping of settings: it is a single value"));
    }

    @Test
    void read_fileThatIsNoYaml_namesLineAndColumn() throws IOException {
        assertThat(refusal("diffmm", "diffusion: {steps: 2"))
                .startsWith(file() + " is not a YAML mapping of settings: while parsing a flow mapping")
                .contains("line 1, column 12");
    }

    private String refusal(String family, String text) throws IOException {
        Files.writeString(file(), text);
        Throwable refused =
                catchThrowable(() -> JobSettings.read(Optional.of(file().toString()), TrainerFamily.named(family)));
        assertThat(refused).isInstanceOf(IllegalArgumentException.class);
        assertThat(refused.getMessage())
                .doesNotContain(
                        "DeserializationFeature", "creator", "Cannot", "instance of", "io.diffmm", "java.", "token");
        return String.valueOf(refused.getMessage());
    }

    private Path file() {
        return directory.resolve("settings.yaml");
    }
}
