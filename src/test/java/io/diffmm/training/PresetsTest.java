package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.model.denoiser.Objective;
import io.diffmm.model.diffrec.DiffRecFamily;
import io.diffmm.model.diffrec.DiffRecSettings;
import io.diffmm.model.ldiffrec.LDiffRecFamily;
import io.diffmm.model.ldiffrec.LDiffRecSettings;
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

    static Stream<Arguments> presets() {
        return TrainerFamily.all().stream()
                .flatMap(family -> family.presets().stream().map(preset -> Arguments.of(family.name(), preset)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("presets")
    void preset_isComplete_andSurvivesAnotherNumberOfEpochs(String name, String preset) {
        TrainerFamily family = TrainerFamily.named(name);
        JobSettings settings = JobSettings.read(Optional.of(preset), family);

        TrainerFamily.Schedule schedule = family.schedule(settings.family());
        assertThat(schedule.epochs()).isGreaterThanOrEqualTo(schedule.patience());
        JobSettings changed = JobSettings.of(settings.tree(), OptionalInt.of(3), family);
        assertThat(family.schedule(changed.family()).epochs()).isEqualTo(3);
        assertThat(family.withEpochs(changed.family(), schedule.epochs()))
                .isEqualTo(family.withEpochs(settings.family(), schedule.epochs()));
    }

    @Test
    void families_areTheFive_andTheFirstIsTheDefault() {
        assertThat(TrainerFamily.all().stream().map(TrainerFamily::name))
                .containsExactly("diffmm", "diffrec", "t-diffrec", "l-diffrec", "lt-diffrec");
        assertThatThrownBy(() -> TrainerFamily.named("svd"))
                .hasMessageContaining("svd")
                .hasMessageContaining("lt-diffrec");
    }

    @Test
    void paper_isAsPublished() {
        DiffRecSettings rows = DiffRecFamily.DIFFREC.settings(paper("diffrec"));
        LDiffRecSettings latent = LDiffRecFamily.L_DIFFREC.settings(paper("l-diffrec"));

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
        LDiffRecSettings.Latent latent =
                LDiffRecFamily.L_DIFFREC.settings(paper("l-diffrec")).latent();

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

        assertThatThrownBy(() -> DiffRecFamily.DIFFREC.settings(temporal))
                .hasMessageContaining("diffrec has no temporal weights; leave the section out, or train t-diffrec");
        assertThatThrownBy(() -> DiffRecFamily.DIFFREC.settings(changed("diffrec", "msi-weight", 0.1)))
                .hasMessageContaining("diffusion.msi-weight is 0.1");
        assertThatThrownBy(() -> LDiffRecFamily.L_DIFFREC.settings(changed("l-diffrec", "likelihood", "gaussian")))
                .hasMessageContaining("diffusion.likelihood has to be multinomial");
        assertThatThrownBy(() -> DiffRecFamily.DIFFREC.settings(changed("diffrec", "hidden", List.of())))
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
