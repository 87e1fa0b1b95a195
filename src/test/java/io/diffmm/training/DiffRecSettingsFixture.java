package io.diffmm.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Settings of DiffRec models that learn the checkerboard within a second. Their hidden layers are too narrow
/// to tell more than a colour: wider ones learn each history by heart, with what it lacks.
final class DiffRecSettingsFixture {

    private DiffRecSettingsFixture() {}

    /// A small model as published, with what is named in the section `diffusion` changed.
    static Map<String, Object> with(Map<String, Object> changes) {
        Map<String, Object> diffusion = new LinkedHashMap<>(Map.of(
                "hidden", List.of(4, 1),
                "steps", 8,
                "noise-scale", 0.005,
                "noise-min", 0.005,
                "noise-max", 0.01,
                "first-beta", 1e-5,
                "step-embedding", 10,
                "dropout", 0.5,
                "learning-rate", 1e-2,
                "batch-size", 8));
        diffusion.put("step-sampling", "importance");
        diffusion.putAll(changes);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("diffusion", diffusion);
        tree.put("optimisation", Map.of("products", "float32", "epochs", 80, "patience", 80, "interval", 1));
        return tree;
    }

    /// A small model that is asked for a part of the history.
    static Map<String, Object> hidden(String objective, String likelihood, int steps) {
        return with(Map.of(
                "objective",
                objective,
                "likelihood",
                likelihood,
                "steps",
                steps,
                "step-sampling",
                "uniform",
                "hidden",
                List.of(16),
                "noise-scale",
                0.1,
                "dropout",
                0,
                "averaging",
                0.9));
    }

    /// The same model with recent interactions that weigh more.
    static Map<String, Object> temporal(Map<String, Object> tree) {
        Map<String, Object> changed = new LinkedHashMap<>(tree);
        changed.put("temporal", Map.of("least", 0.1, "greatest", 1, "power", 1));
        return changed;
    }
}
