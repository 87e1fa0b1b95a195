package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.families.denoiser.DenoiserSettings.Objective;
import io.diffmm.families.diffrec.DiffRecFamily;
import io.diffmm.families.ldiffrec.LDiffRecFamily;
import io.diffmm.families.ldiffrec.LDiffRecSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PresetsTest {

    private static final DiffRecFamily DIFFREC = new DiffRecFamily();
    private static final LDiffRecFamily L_DIFFREC = new LDiffRecFamily();

    static Stream<Arguments> presets() {
        return TrainerFamily.all().stream()
                .flatMap(family -> family.presets().stream().map(preset -> Arguments.of(family.name(), preset)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("presets")
    void preset_isComplete_andSurvivesAnotherNumberOfEpochs(String name, String preset) {
        TrainerFamily<?> family = TrainerFamily.named(name);
        JobSettings settings = JobSettings.read(Optional.of(preset), family);

        TrainerFamily.Schedule schedule = settings.schedule();
        assertThat(schedule.epochs()).isGreaterThanOrEqualTo(schedule.patience());
        JobSettings changed = JobSettings.of(settings.tree(), OptionalInt.of(3), family);
        assertThat(changed.schedule())
                .isEqualTo(new TrainerFamily.Schedule(
                        3, schedule.patience(), schedule.interval(), Math.min(3, schedule.keptFrom())));
        assertThat(changed.family()).isNotEqualTo(settings.family());
        assertThat(changed.withEpochs(schedule.epochs()).tree()).isEqualTo(settings.tree());
    }

    @Test
    void families_startWithTheDefault() {
        assertThat(TrainerFamily.all().stream().map(family -> family.name()))
                .startsWith("diffmm", "diffrec", "t-diffrec", "l-diffrec", "lt-diffrec");
        assertThatThrownBy(() -> TrainerFamily.named("svd"))
                .hasMessageContaining("svd")
                .hasMessageContaining("lt-diffrec");
    }

    @Test
    void paper_isAsPublished() {
        DiffRecFamily.Settings rows = DIFFREC.settings(paper("diffrec"));
        LDiffRecSettings latent = L_DIFFREC.settings(paper("l-diffrec"));

        assertThat(rows.diffusion().hidden()).containsExactly(600, 200, 600);
        assertThat(rows.diffusion().steps()).isEqualTo(40);
        assertThat(rows.diffusion().objective()).isEqualTo(Objective.RECONSTRUCTION);
        assertThat(rows.diffusion().noiseMax()).isEqualTo(0.01);
        assertThat(rows.optimisation().patience()).isEqualTo(20);
        assertThat(rows.optimisation().interval()).isEqualTo(5);
        assertThat(latent.latent().clusters()).isEqualTo(2);
        assertThat(latent.latent().width()).isEqualTo(300);
        assertThat(latent.latent().diffusion()).isEqualTo(0.03);
        assertThat(latent.diffusion().noiseMax()).isEqualTo(0.02);
        assertThat(latent.diffusion().learningRate()).isEqualTo(5e-4);
        assertThat(latent.latent().learningRate()).isEqualTo(1e-3);
    }

    private static Map<String, Object> paper(String family) {
        return JobSettings.read(Optional.of("paper"), TrainerFamily.named(family))
                .family();
    }

    @Test
    void latent_weightsMoveAsPublished() {
        LDiffRecSettings.Latent latent = L_DIFFREC.settings(paper("l-diffrec")).latent();

        assertThat(latent.divergenceAfter(0)).isZero();
        assertThat(latent.divergenceAfter(20)).isEqualTo(0.1);
        assertThat(latent.divergenceAfter(1000)).isEqualTo(0.3);
        assertThat(latent.diffusionIn(1)).isEqualTo(0.03);
        assertThat(latent.diffusionIn(251)).isEqualTo(0.015);
        assertThat(latent.diffusionIn(499)).isEqualTo(0.005);
    }

    @Test
    void settings_thatDoNotFitTheFamily_areRefused() {
        Map<String, Object> temporal = JobSettings.read(Optional.of("paper"), TrainerFamily.named("t-diffrec"))
                .family();

        assertThatThrownBy(() -> DIFFREC.settings(temporal))
                .hasMessageContaining("diffrec has no temporal weights; omit the section, or train t-diffrec");
        assertThatThrownBy(() -> DIFFREC.settings(changed("diffrec", "msi-weight", 0.1)))
                .hasMessageContaining("diffusion.msi-weight is 0.1");
        assertThatThrownBy(() -> L_DIFFREC.settings(changed("l-diffrec", "likelihood", "gaussian")))
                .hasMessageContaining("diffusion.likelihood has to be multinomial");
        assertThatThrownBy(
                        () -> L_DIFFREC.settings(changed("l-diffrec", "feedback", Map.of("share", 0.4, "items", 100))))
                .hasMessageContaining("diffusion.feedback has to be none for latent rows");
        assertThatThrownBy(() -> DIFFREC.settings(changed("diffrec", "hidden", List.of())))
                .hasMessageContaining("diffusion.hidden is empty");
    }

    private static Map<String, Object> changed(String family, String name, Object value) {
        Map<String, Object> tree = new LinkedHashMap<>(paper(family));
        Map<String, Object> diffusion = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(tree.get("diffusion")))
                .forEach((key, each) -> diffusion.put(String.valueOf(key), each));
        diffusion.put(name, value);
        tree.put("diffusion", diffusion);
        return tree;
    }
}
