package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.engine.PyTorch;
import io.diffmm.linear.LinearSettings.LinearCandidate;
import io.diffmm.linear.LinearSettings.LinearCandidates;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LinearCandidatesTest {

    @SuppressWarnings("NullAway.Init") // before all tests
    private static NDManager manager;

    @BeforeAll
    static void open() {
        manager = PyTorch.engine().newBaseManager();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    @Test
    void all_areTheWalk_oneWalkPerModality_andRidge() {
        assertThat(names(LinearSettings.defaults(), "visual", "text"))
                .containsExactly("walk", "walk+visual", "walk+text", "ridge");
    }

    @Test
    void all_withoutFeatures_areTheWalkAndRidge() {
        assertThat(names(LinearSettings.defaults())).containsExactly("walk", "ridge");
    }

    @Test
    void all_featureShareZero_omitsFeatureWalks() {
        assertThat(names(new LinearSettings(200, 0.85, 10, 10, 0, 20, 10_000), "visual"))
                .containsExactly("walk", "ridge");
    }

    @Test
    void all_tooManyItems_omitRidge() {
        assertThat(names(settings(Checkerboard.ITEMS), "visual")).endsWith("ridge");
        assertThat(names(settings(Checkerboard.ITEMS - 1), "visual")).containsExactly("walk", "walk+visual");
    }

    @Test
    void everyCandidate_linksItemsOfTheSameColourMost() {
        for (LinearCandidate candidate : candidates(LinearSettings.defaults(), "visual")) {
            ItemItemModel links = candidate.fit().get();

            assertThat(links.size()).isEqualTo(Checkerboard.ITEMS);
            for (int item = 0; item < links.size(); item++) {
                int even = item % 2;
                links.forEach(
                        item,
                        (other, weight) -> assertThat(other % 2 == even || weight < 0.1)
                                .as(candidate.name())
                                .isTrue());
            }
        }
    }

    @Test
    void fit_freesAllArrays() {
        int before = manager.getManagedArrays().size();

        for (LinearCandidate candidate : candidates(LinearSettings.defaults(), "visual")) {
            assertThat(candidate.fit().get().links()).isPositive();
        }

        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    private static LinearSettings settings(int closedFormItems) {
        return new LinearSettings(200, 0.85, 10, 10, 0.05, 20, closedFormItems);
    }

    private static List<String> names(LinearSettings settings, String... modalities) {
        return candidates(settings, modalities).stream()
                .map(LinearCandidate::name)
                .toList();
    }

    private static List<LinearCandidate> candidates(LinearSettings settings, String... modalities) {
        return new LinearCandidates(Checkerboard.dataset(modalities), settings, 2, manager).all();
    }
}
