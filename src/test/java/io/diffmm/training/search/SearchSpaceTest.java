package io.diffmm.training.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SearchSpaceTest {

    private static final Map<String, Object> SETTINGS = Map.of(
            "layers",
            1,
            "diffusion",
            Map.of("hidden", List.of(1000), "steps", 5),
            "views",
            Map.of("recency", Map.of("denoised.visual", Map.of("floor", 0.5))));

    private static final Map<String, Object> TREE = Map.of(
            "layers",
            List.of(1.0, 2, 3),
            "diffusion",
            Map.of("hidden", List.of(List.of(600), List.of(1000))),
            "views",
            Map.of("recency", Map.of("denoised.visual", Map.of("floor", List.of(0.25)))));

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void draw_takesValuesOfTheLists_andLeavesTheRest(long seed) {
        Draw draw = new SearchSpace(TREE, SETTINGS).draw(new SplittableRandom(seed));

        Map<?, ?> diffusion = section(draw.settings(), "diffusion");
        assertThat(((Number) draw.settings().getOrDefault("layers", -1)).intValue())
                .isBetween(1, 3);
        assertThat(diffusion.get("hidden")).isIn(List.of(600), List.of(1000));
        assertThat(diffusion.get("steps")).isEqualTo(5);
        assertThat(draw.settings().keySet()).isEqualTo(SETTINGS.keySet());
        assertThat(section(draw.settings(), "views"))
                .isEqualTo(Map.of("recency", Map.of("denoised.visual", Map.of("floor", 0.25))));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void draw_changes_areWhatIsNotAsGiven(long seed) {
        Draw draw = new SearchSpace(TREE, SETTINGS).draw(new SplittableRandom(seed));

        assertThat(draw.changes()).containsEntry("views.recency.denoised.visual.floor", 0.25);
        assertThat(draw.changes().keySet())
                .isSubsetOf("layers", "diffusion.hidden", "views.recency.denoised.visual.floor");
        assertThat(draw.changes().getOrDefault("layers", 2)).isNotEqualTo(1.0);
        assertThat(draw.changes().getOrDefault("diffusion.hidden", List.of(600)))
                .isEqualTo(List.of(600));
    }

    @Test
    void draws_beginWithTheSettingsAsGiven_andEndWhenAllWereThere() {
        List<Draw> draws = all(new Draws(new SearchSpace(TREE, SETTINGS), 1));

        assertThat(draws.getFirst()).isEqualTo(new Draw(Map.of(), SETTINGS));
        assertThat(draws).doesNotHaveDuplicates().hasSize(1 + 3 * 2);
    }

    @Test
    void draws_ofASeed_haveOneOrder() {
        SearchSpace space = new SearchSpace(TREE, SETTINGS);

        assertThat(all(new Draws(space, 1))).isEqualTo(all(new Draws(space, 1))).isNotEqualTo(all(new Draws(space, 2)));
    }

    @Test
    void space_withWhatIsNoSetting_isRefusedByPath() {
        refused(Map.of("layer", List.of(1)), "layer, which is no setting", "layers");
        refused(Map.of("diffusion", Map.of("width", List.of(1))), "diffusion.width, which is no setting", "hidden");
    }

    @Test
    void space_withoutAListOfValues_isRefusedByPath() {
        refused(Map.of("diffusion", Map.of("steps", List.of())), "[] for diffusion.steps");
        refused(Map.of("layers", 2), "2 for layers");
        refused(Map.of("layers", Map.of("inner", List.of(1))), "for layers");
        refused(Map.of(), "is empty");
        refused(Map.of("diffusion", Map.of()), "is empty");
    }

    private static void refused(Map<String, Object> tree, String... words) {
        assertThatThrownBy(() -> new SearchSpace(tree, SETTINGS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }

    private static List<Draw> all(Draws draws) {
        List<Draw> all = new ArrayList<>();
        for (Optional<Draw> next = draws.next(); next.isPresent(); next = draws.next()) {
            all.add(next.get());
        }
        return all;
    }

    private static Map<?, ?> section(Map<String, Object> settings, String name) {
        return (Map<?, ?>) settings.getOrDefault(name, Map.of());
    }
}
