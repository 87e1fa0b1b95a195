package io.diffmm.families.ldiffrec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Settings of L-DiffRec models that learn the checkerboard within a few seconds.
public final class LDiffRecFixture {

    private LDiffRecFixture() {}

    /// Returns settings of a small model as published, with changes to the section `diffusion`.
    public static Map<String, Object> tree(Map<String, Object> changes) {
        Map<String, Object> diffusion = new LinkedHashMap<>(Map.of(
                "likelihood",
                "multinomial",
                "hidden",
                List.of(8),
                "steps",
                8,
                "noise-scale",
                0.005,
                "noise-min",
                0.005,
                "noise-max",
                0.02,
                "first-beta",
                1e-5,
                "step-embedding",
                10,
                "dropout",
                0.2,
                "step-sampling",
                "importance"));
        diffusion.put("learning-rate", 1e-2);
        diffusion.put("batch-size", 8);
        diffusion.putAll(changes);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("latent", latent(2));
        tree.put("diffusion", diffusion);
        tree.put("optimisation", Map.of("products", "float32", "epochs", 150, "patience", 150, "interval", 1));
        return tree;
    }

    /// Returns the section `latent` for rows of a given width.
    public static Map<String, Object> latent(int width) {
        return Map.ofEntries(
                Map.entry("width", width),
                Map.entry("clusters", 2),
                Map.entry("item-vectors", "auto"),
                Map.entry("dropout", 0.5),
                Map.entry("divergence", 0.3),
                Map.entry("divergence-steps", 200),
                Map.entry("diffusion", 0.001),
                Map.entry("diffusion-least", 0.0005),
                Map.entry("diffusion-epochs", 500),
                Map.entry("learning-rate", 1e-2),
                Map.entry("weight-decay", 0));
    }
}
