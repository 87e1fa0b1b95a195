package io.diffmm.families.diffmm;

import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.HashMap;
import java.util.Map;

/// Hyper-parameters of DiffMM, for training and serving.
///
/// @param embeddingSize d, dimensions of users, items and mapped features
/// @param recommendation recommendation part, in one of its forms
/// @param diffusion denoisers, one for each modality
/// @param optimisation optimisation of the recommendation part, and length of the training
public record DiffMmSettings(
        int embeddingSize,
        RecommendationForm recommendation,
        DenoiserSettings diffusion,
        GraphOptimisation optimisation) {

    public DiffMmSettings {
        SettingRules.within(1, SettingRules.MAX_WIDTH, embeddingSize, "embedding-size");
        diffusion.requireRows();
        if (recommendation instanceof RecommendationForm.History && optimisation.regularisation > 0) {
            throw new IllegalArgumentException(
                    "optimisation.regularisation is %s, which the form history does not use; set it to 0"
                            .formatted(optimisation.regularisation));
        }
    }

    /// Parses settings. Settings newer than an artifact have the values of its time.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static DiffMmSettings of(Map<String, Object> tree) {
        Map<String, Object> complete = RecommendationForm.complete(DenoiserSettings.complete(tree));
        complete.computeIfPresent("optimisation", (_, part) -> GraphOptimisation.complete(part));
        return SettingsMapper.read(complete, DiffMmSettings.class);
    }

    /// Returns the same settings with another maximum number of epochs.
    public DiffMmSettings withEpochs(int epochs) {
        return new DiffMmSettings(embeddingSize, recommendation, diffusion, optimisation.withEpochs(epochs));
    }

    /// Optimisation of the recommendation part, and length of the training.
    ///
    /// @param learningRate of Adam
    /// @param regularisation weight of the squared norm of the embeddings
    /// @param batchSize interactions per step
    /// @param products type of the products of large matrices, in all parts
    /// @param epochs maximum number of epochs
    /// @param patience epochs without improvement before training stops
    /// @param interval epochs between two measurements on `valid`
    /// @param diffusionEpochs epochs in which the denoisers are trained, the first ones
    public record GraphOptimisation(
            double learningRate,
            double regularisation,
            int batchSize,
            ProductType products,
            int epochs,
            int patience,
            int interval,
            int diffusionEpochs) {

        public GraphOptimisation {
            SettingRules.positive(learningRate, "optimisation.learning-rate");
            SettingRules.atLeast(0, regularisation, "optimisation.regularisation");
            SettingRules.atLeast(1, batchSize, "optimisation.batch-size");
            SettingRules.atLeast(1, epochs, "optimisation.epochs");
            SettingRules.atLeast(1, patience, "optimisation.patience");
            SettingRules.atLeast(1, interval, "optimisation.interval");
            SettingRules.atLeast(0, diffusionEpochs, "optimisation.diffusion-epochs");
        }

        /// Adds the values of settings that are newer than an artifact or file.
        private static Object complete(Object section) {
            Map<String, Object> defaults =
                    new HashMap<>(Map.of("regularisation", 0, "products", "float32", "interval", 1));
            if (section instanceof Map<?, ?> settings && settings.get("epochs") instanceof Number epochs) {
                defaults.put("diffusion-epochs", epochs);
            }
            return SettingsMapper.withDefaults(section, defaults);
        }

        private GraphOptimisation withEpochs(int other) {
            int diffusion = diffusionEpochs == epochs ? other : diffusionEpochs;
            return new GraphOptimisation(
                    learningRate, regularisation, batchSize, products, other, patience, interval, diffusion);
        }
    }
}
