package io.diffmm.families.diffmm;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.Map;

/// Hyper-parameters of DiffMM, for training and serving.
///
/// @param embeddingSize d, dimensions of users, items and mapped features
/// @param layers L, propagation steps over the interaction graph
/// @param residual omega, weight of the normalised first state in the last
/// @param modalityGraph weight of propagation over the generated graphs
/// @param featureMap map of raw features to d dimensions
/// @param edgesPerUser edges of each user in a generated graph (`rebuild_k`)
/// @param edgeKeep probability that an entry of a generated graph stays in an epoch
/// @param diffusion denoisers, one for each modality
/// @param contrast contrastive term of the loss
/// @param optimisation optimisation of the recommendation part, and length of the training
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
        GraphOptimisation optimisation) {

    private static final int MAX_LAYERS = 100;

    /// Keeps the exponentials of cosines, `exp(cosine / tau)`, and their sums in the range of float32.
    private static final double MIN_TEMPERATURE = 0.03;

    public DiffMmSettings {
        SettingRules.within(1, SettingRules.MAX_WIDTH, embeddingSize, "embedding-size");
        SettingRules.within(0, MAX_LAYERS, layers, "layers");
        SettingRules.atLeast(0, residual, "residual");
        SettingRules.atLeast(0, modalityGraph, "modality-graph");
        SettingRules.atLeast(1, edgesPerUser, "edges-per-user");
        SettingRules.share(edgeKeep, "edge-keep");
        diffusion.requireRows();
    }

    /// Parses settings. Settings newer than an artifact have the values of its time.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static DiffMmSettings of(Map<String, Object> tree) {
        Map<String, Object> complete = DenoiserSettings.complete(tree);
        complete.computeIfPresent(
                "optimisation", (_, part) -> SettingsMapper.withDefaults(part, Map.of("products", "float32")));
        return SettingsMapper.read(complete, DiffMmSettings.class);
    }

    /// Returns the same settings with another maximum number of epochs.
    public DiffMmSettings withEpochs(int epochs) {
        return new DiffMmSettings(
                embeddingSize,
                layers,
                residual,
                modalityGraph,
                featureMap,
                edgesPerUser,
                edgeKeep,
                diffusion,
                contrast,
                new GraphOptimisation(
                        optimisation.learningRate,
                        optimisation.regularisation,
                        optimisation.batchSize,
                        optimisation.products,
                        epochs,
                        optimisation.patience));
    }

    /// Contrastive term.
    ///
    /// @param method views that are contrasted
    /// @param weight weight in the loss (`ssl_reg`)
    /// @param temperature tau
    public record Contrast(ContrastMethod method, double weight, double temperature) {

        public Contrast {
            SettingRules.atLeast(0, weight, "contrast.weight");
            SettingRules.atLeast(MIN_TEMPERATURE, temperature, "contrast.temperature");
        }
    }

    /// Optimisation of the recommendation part, and length of the training.
    ///
    /// @param learningRate of Adam
    /// @param regularisation weight of the squared norm of the embeddings
    /// @param batchSize interactions per step
    /// @param products type of the products of large matrices, in all parts
    /// @param epochs maximum number of epochs
    /// @param patience epochs without improvement before training stops
    public record GraphOptimisation(
            double learningRate, double regularisation, int batchSize, ProductType products, int epochs, int patience) {

        public GraphOptimisation {
            SettingRules.positive(learningRate, "optimisation.learning-rate");
            SettingRules.atLeast(0, regularisation, "optimisation.regularisation");
            SettingRules.atLeast(1, batchSize, "optimisation.batch-size");
            SettingRules.atLeast(1, epochs, "optimisation.epochs");
            SettingRules.atLeast(1, patience, "optimisation.patience");
        }
    }

    /// Pairs of views of users and items in the contrastive term.
    public enum ContrastMethod {

        /// Method 0: each pair of modalities; with a single modality there is no pair, and no contrastive term.
        @JsonProperty("modality-pairs")
        MODALITY_PAIRS,

        /// Method 1: the main view against each modality.
        @JsonProperty("main-view")
        MAIN_VIEW
    }

    /// Map of the raw features of a modality to d dimensions per item.
    public enum FeatureMapKind {

        /// Affine map, `x W + b`.
        @JsonProperty("linear")
        LINEAR,

        /// Matrix product through a leaky ReLU of slope 0.2, `leaky(x W)`.
        @JsonProperty("leaky-relu")
        LEAKY_RELU
    }
}
