package io.diffmm.families.diffmm;

import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.DenoiserSettings.Initialisation;
import io.diffmm.families.denoiser.DenoiserSettings.Objective;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import io.diffmm.families.diffmm.RecommendationForm.ContrastMethod;
import io.diffmm.families.diffmm.RecommendationForm.FeatureMapKind;
import java.util.List;
import java.util.Map;

/// Settings for models that train within a second.
public final class SettingsFixture {

    private SettingsFixture() {}

    /// Returns settings of a small model of a given shape.
    public static DiffMmSettings small(int layers, int edges, FeatureMapKind map) {
        return with(layers, edges, map, ContrastMethod.MAIN_VIEW);
    }

    /// Returns the same settings with another type of large products.
    public static DiffMmSettings with(DiffMmSettings settings, ProductType products) {
        DiffMmSettings.GraphOptimisation own = settings.optimisation();
        return new DiffMmSettings(
                settings.embeddingSize(),
                settings.recommendation(),
                settings.diffusion(),
                new DiffMmSettings.GraphOptimisation(
                        own.learningRate(),
                        own.regularisation(),
                        own.batchSize(),
                        products,
                        own.epochs(),
                        own.patience(),
                        own.interval(),
                        own.diffusionEpochs()));
    }

    /// Returns settings of a small model with a contrast method.
    public static DiffMmSettings with(int layers, int edges, FeatureMapKind map, ContrastMethod method) {
        return new DiffMmSettings(
                8,
                new RecommendationForm.Published(
                        layers, 0.5, 0.2, map, edges, 0.8, new RecommendationForm.Contrast(method, 0.01, 0.5)),
                diffusion(Objective.RECONSTRUCTION, Initialisation.RANDOM, 0.5, 0.1, 0),
                new DiffMmSettings.GraphOptimisation(1e-2, 1e-4, 32, ProductType.FLOAT32, 20, 20, 1, 20));
    }

    /// Returns settings with denoisers trained on hidden items.
    public static DiffMmSettings hiddenItems(DiffMmSettings settings, Initialisation start) {
        return new DiffMmSettings(
                settings.embeddingSize(),
                settings.recommendation(),
                diffusion(Objective.HIDDEN_ITEMS, start, 0, 0, 0.9),
                settings.optimisation());
    }

    /// Returns the same settings with another recommendation part.
    public static DiffMmSettings with(DiffMmSettings settings, RecommendationForm.History form, int size) {
        DiffMmSettings.GraphOptimisation own = settings.optimisation();
        return new DiffMmSettings(
                size,
                form,
                settings.diffusion(),
                new DiffMmSettings.GraphOptimisation(
                        own.learningRate(),
                        0,
                        own.batchSize(),
                        own.products(),
                        own.epochs(),
                        own.patience(),
                        own.interval(),
                        own.diffusionEpochs()));
    }

    /// Returns the published form of the recommendation part.
    public static RecommendationForm.Published published(DiffMmSettings settings) {
        return (RecommendationForm.Published) settings.recommendation();
    }

    /// Returns settings of small denoisers with one hidden layer.
    public static DenoiserSettings diffusion(
            Objective objective, Initialisation start, double dropout, double msiWeight, double averaging) {
        return DenoiserSettings.of(Map.ofEntries(
                Map.entry("objective", objective),
                Map.entry("start", start),
                Map.entry("hidden", List.of(16)),
                Map.entry("steps", 5),
                Map.entry("noise-scale", 0.1),
                Map.entry("noise-min", 1e-4),
                Map.entry("noise-max", 0.02),
                Map.entry("first-beta", 1e-4),
                Map.entry("step-embedding", 10),
                Map.entry("dropout", dropout),
                Map.entry("msi-weight", msiWeight),
                Map.entry("learning-rate", 1e-2),
                Map.entry("averaging", averaging),
                Map.entry("batch-size", 16)));
    }
}
