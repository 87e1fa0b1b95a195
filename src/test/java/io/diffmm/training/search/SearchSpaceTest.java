package io.diffmm.training.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.training.search.SearchSpace.Sample;
import io.diffmm.training.search.SearchSpace.Sampler;
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
    void draw_takesValuesOfLists_andKeepsTheRest(long seed) {
        Sample sample = new SearchSpace(TREE, SETTINGS).draw(new SplittableRandom(seed));

        Map<?, ?> diffusion = section(sample.settings(), "diffusion");
        assertThat(((Number) sample.settings().getOrDefault("layers", -1)).intValue())
                .isBetween(1, 3);
        assertThat(diffusion.get("hidden")).isIn(List.of(600), List.of(1000));
        assertThat(diffusion.get("steps")).isEqualTo(5);
        assertThat(sample.settings().keySet()).isEqualTo(SETTINGS.keySet());
        assertThat(section(sample.settings(), "views"))
                .isEqualTo(Map.of("recency", Map.of("denoised.visual", Map.of("floor", 0.25))));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void draw_changes_containValuesThatDifferFromGiven(long seed) {
        Sample sample = new SearchSpace(TREE, SETTINGS).draw(new SplittableRandom(seed));

        assertThat(sample.changes()).containsEntry("views.recency.denoised.visual.floor", 0.25);
        assertThat(sample.changes().keySet())
                .isSubsetOf("layers", "diffusion.hidden", "views.recency.denoised.visual.floor");
        assertThat(sample.changes().getOrDefault("layers", 2)).isNotEqualTo(1.0);
        assertThat(sample.changes().getOrDefault("diffusion.hidden", List.of(600)))
                .isEqualTo(List.of(600));
    }

    @Test
    void sampler_startsWithGivenSettings_andEndsWhenSpaceIsExhausted() {
        List<Sample> samples = all(new Sampler(new SearchSpace(TREE, SETTINGS), 1));

        assertThat(samples.getFirst()).isEqualTo(new Sample(Map.of(), SETTINGS));
        assertThat(samples).doesNotHaveDuplicates().hasSize(1 + 3 * 2);
    }

    @Test
    void sampler_sameSeed_hasSameOrder() {
        SearchSpace space = new SearchSpace(TREE, SETTINGS);

        assertThat(all(new Sampler(space, 1)))
                .isEqualTo(all(new Sampler(space, 1)))
                .isNotEqualTo(all(new Sampler(space, 2)));
    }

    @Test
    void space_unknownSetting_isRejectedWithPath() {
        rejected(Map.of("layer", List.of(1)), "layer, which is not a setting", "layers");
        rejected(Map.of("diffusion", Map.of("width", List.of(1))), "diffusion.width, which is not a setting", "hidden");
    }

    @Test
    void space_withoutListOfValues_isRejectedWithPath() {
        rejected(Map.of("diffusion", Map.of("steps", List.of())), "[] for diffusion.steps");
        rejected(Map.of("layers", 2), "2 for layers");
        rejected(Map.of("layers", Map.of("inner", List.of(1))), "for layers");
        rejected(Map.of(), "is empty");
        rejected(Map.of("diffusion", Map.of()), "is empty");
    }

    private static void rejected(Map<String, Object> tree, String... words) {
        assertThatThrownBy(() -> new SearchSpace(tree, SETTINGS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }

    private static List<Sample> all(Sampler sampler) {
        List<Sample> all = new ArrayList<>();
        for (Optional<Sample> next = sampler.next(); next.isPresent(); next = sampler.next()) {
            all.add(next.get());
        }
        return all;
    }

    private static Map<?, ?> section(Map<String, Object> settings, String name) {
        return (Map<?, ?>) settings.getOrDefault(name, Map.of());
    }
}
