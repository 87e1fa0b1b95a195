package io.diffmm.families.ldiffrec;

import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.DenoiserSettings.Initialisation;
import io.diffmm.families.denoiser.DenoiserSettings.Likelihood;
import io.diffmm.families.denoiser.Optimisation;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.Map;

/// Hyper-parameters of L-DiffRec and LT-DiffRec, for training and serving.
///
/// @param temporal weights of the interactions of a history; equal for L-DiffRec
/// @param latent autoencoder
/// @param diffusion denoiser of latent rows
/// @param optimisation length of the training
public record LDiffRecSettings(
        TemporalWeights temporal, Latent latent, DenoiserSettings diffusion, Optimisation optimisation) {

    public LDiffRecSettings {
        require(diffusion.likelihood() == Likelihood.MULTINOMIAL, "likelihood", "multinomial");
        require(diffusion.start() == Initialisation.RANDOM, "start", "random");
        require(diffusion.msiWeight() == 0, "msi-weight", "0");
        require(diffusion.feedback().isEmpty(), "feedback", "none");
    }

    private static void require(boolean right, String name, String value) {
        if (!right) {
            throw new IllegalArgumentException("diffusion.%s has to be %s for latent rows".formatted(name, value));
        }
    }

    /// Variational autoencoder with one encoder for each group of items and one decoder.
    ///
    /// @param width L, dimensions of a latent row
    /// @param clusters C, groups of items
    /// @param itemVectors source of the groups: `auto` (features if there are any), `interactions`, or a modality
    /// @param dropout fraction of a row's entries that training hides from the encoders
    /// @param divergence final weight of the Kullback-Leibler divergence
    /// @param divergenceSteps steps in which that weight would rise from 0 to 1
    /// @param diffusion lambda, weight of the diffusion's error in the first epoch
    /// @param diffusionLeast final value of that weight
    /// @param diffusionEpochs epochs in which that weight would fall to 0
    /// @param learningRate of AdamW, for the autoencoder
    /// @param weightDecay of AdamW, for the autoencoder
    public record Latent(
            int width,
            int clusters,
            String itemVectors,
            double dropout,
            double divergence,
            int divergenceSteps,
            double diffusion,
            double diffusionLeast,
            int diffusionEpochs,
            double learningRate,
            double weightDecay) {

        public Latent {
            SettingRules.within(1, SettingRules.MAX_WIDTH, width, "latent.width");
            SettingRules.within(1, width, clusters, "latent.clusters");
            SettingRules.belowOne(dropout, "latent.dropout");
            SettingRules.atLeast(0, divergence, "latent.divergence");
            SettingRules.atLeast(1, divergenceSteps, "latent.divergence-steps");
            SettingRules.atLeast(0, diffusion, "latent.diffusion");
            SettingRules.within(0, Math.max(0, diffusion), diffusionLeast, "latent.diffusion-least");
            SettingRules.atLeast(1, diffusionEpochs, "latent.diffusion-epochs");
            SettingRules.positive(learningRate, "latent.learning-rate");
            SettingRules.atLeast(0, weightDecay, "latent.weight-decay");
        }

        /// Returns the weight of the divergence after a number of steps.
        public double divergenceAfter(long steps) {
            return Math.min(divergence, (double) steps / divergenceSteps);
        }

        /// Returns the weight of the diffusion's error in an epoch.
        ///
        /// @param epoch from 1
        public double diffusionIn(int epoch) {
            return Math.max(diffusionLeast, diffusion * (1 - (epoch - 1.0) / diffusionEpochs));
        }
    }

    /// Parses settings.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static LDiffRecSettings of(Map<String, Object> tree) {
        return SettingsMapper.read(TemporalWeights.complete(DenoiserSettings.complete(tree)), LDiffRecSettings.class);
    }
}
