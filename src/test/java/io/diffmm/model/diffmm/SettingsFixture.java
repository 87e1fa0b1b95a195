package io.diffmm.model.diffmm;

import java.util.List;

/// Settings for models that train within a second.
public final class SettingsFixture {

    private SettingsFixture() {}

    /// A small model of the given shape.
    public static DiffMmSettings small(int layers, int edges, FeatureMapKind map) {
        return with(layers, edges, map, ContrastMethod.MAIN_VIEW);
    }

    /// A small model with a contrast method.
    public static DiffMmSettings with(int layers, int edges, FeatureMapKind map, ContrastMethod method) {
        return new DiffMmSettings(
                8,
                layers,
                0.5,
                0.2,
                map,
                edges,
                0.8,
                new DiffMmSettings.Diffusion(List.of(16), 5, 0.1, 1e-4, 0.02, 1e-4, 10, 0.5, 0.1, 1e-2, 16),
                new DiffMmSettings.Contrast(method, 0.01, 0.5),
                new DiffMmSettings.Optimisation(1e-2, 1e-4, 32, Products.FLOAT32, 20, 20));
    }
}
