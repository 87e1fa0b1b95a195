package io.diffmm.training;

import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A denoiser that predicts the noise, by the weights of its own error.
class DiffRecNoiseContractTest extends DenoiserContract {

    @Override
    String family() {
        return "diffrec";
    }

    @Override
    Map<String, Object> settings() {
        return DiffRecSettingsFixture.with(Map.of(
                "prediction",
                "noise",
                "step-weights",
                "none",
                "hidden",
                List.of(64),
                "steps",
                3,
                "noise-scale",
                1,
                "noise-min",
                0.5,
                "noise-max",
                0.9,
                "first-beta",
                0.5,
                "dropout",
                0));
    }

    @Override
    Dataset dataset() {
        return Checkerboard.dataset();
    }

    /// Neither layer of what predicts noise has the items' likeness: it is in the part of a row that it leaves.
    @Test
    @Override
    void similar_ranksItemsOfTheSameColourFirst_withoutTheItemItself() {
        assertSimilarItemsWithoutTheItemItself();
    }
}
