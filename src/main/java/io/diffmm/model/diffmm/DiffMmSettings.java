package io.diffmm.model.diffmm;

import io.diffmm.model.Products;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.denoiser.DenoiserSettings;
import java.util.Map;

/// Every hyper-parameter of DiffMM, for training and for serving what was trained.
///
/// @param embeddingSize d, numbers per user, item and mapped feature
/// @param layers L, propagation steps over the interaction graph
/// @param residual omega, the weight of the normalised first state in the last
/// @param modalityGraph the weight of propagation over the generated graphs
/// @param featureMap how raw features become d numbers
/// @param edgesPerUser edges that each user gets in a generated graph (`rebuild_k`)
/// @param edgeKeep the probability that an entry of a generated graph stays in an epoch
/// @param diffusion the denoisers, one for each modality
public record DiffMmSettings(
        int embeddingSize,
        int layers,
        double residual,
        double modalityGraph,
        FeatureMapKind featureMap,
        int edgesPerUser,
        double edgeKeep,
        DenoiserSettings diffusion,
        Contrast contrast,
        Optimisation optimisation) {

    private static final int MOST_LAYERS = 100;

    /// With this the powers of cosines, `exp(cosine / tau)`, and their sums stay in the range of float32, with room.
    private static final double LEAST_TEMPERATURE = 0.03;

    public DiffMmSettings {
        SettingRules.within(1, SettingRules.MOST_WIDTH, embeddingSize, "embedding-size");
        SettingRules.within(0, MOST_LAYERS, layers, "layers");
        SettingRules.atLeast(0, residual, "residual");
        SettingRules.atLeast(0, modalityGraph, "modality-graph");
        SettingRules.atLeast(1, edgesPerUser, "edges-per-user");
        SettingRules.share(edgeKeep, "edge-keep");
        diffusion.requireRows();
    }

    /// The settings that `tree` describes. What an artifact is too old to mention is as it was then.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static DiffMmSettings of(Map<String, Object> tree) {
        Map<String, Object> complete = DenoiserSettings.complete(tree);
        complete.computeIfPresent(
                "optimisation", (_, part) -> SettingsMapper.withDefaults(part, Map.of("products", "float32")));
        return SettingsMapper.read(complete, DiffMmSettings.class);
    }

    /// The contrastive term.
    ///
    /// @param method which views are held against each other
    /// @param weight its share of the loss (`ssl_reg`)
    /// @param temperature tau
    public record Contrast(ContrastMethod method, double weight, double temperature) {

        public Contrast {
            SettingRules.atLeast(0, weight, "contrast.weight");
            SettingRules.atLeast(LEAST_TEMPERATURE, temperature, "contrast.temperature");
        }
    }

    /// How the recommendation part is optimised, and for how long all is.
    ///
    /// @param learningRate of Adam
    /// @param regularisation the weight of the embeddings' squared norm
    /// @param batchSize interactions a step
    /// @param products in which type all parts multiply their large matrices
    /// @param epochs at most
    /// @param patience epochs without a better list before training stops
    public record Optimisation(
            double learningRate, double regularisation, int batchSize, Products products, int epochs, int patience) {

        public Optimisation {
            SettingRules.positive(learningRate, "optimisation.learning-rate");
            SettingRules.atLeast(0, regularisation, "optimisation.regularisation");
            SettingRules.atLeast(1, batchSize, "optimisation.batch-size");
            SettingRules.atLeast(1, epochs, "optimisation.epochs");
            SettingRules.atLeast(1, patience, "optimisation.patience");
        }
    }
}
