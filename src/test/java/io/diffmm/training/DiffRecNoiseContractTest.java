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
        return DiffRecSettingsFixture.with(Map.ofEntries(
                Map.entry("prediction", "noise"),
                Map.entry("step-weights", "none"),
                Map.entry("hidden", List.of(64)),
                Map.entry("steps", 3),
                Map.entry("noise-scale", 1),
                Map.entry("noise-min", 0.5),
                Map.entry("noise-max", 0.9),
                Map.entry("first-beta", 0.5),
                Map.entry("dropout", 0),
                Map.entry("learning-rate", 5e-3),
                Map.entry("averaging", 0.95))); // without it, what is learnt depends on the seed
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
