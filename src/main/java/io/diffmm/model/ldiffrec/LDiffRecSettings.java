package io.diffmm.model.ldiffrec;

import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.denoiser.DenoiserSettings;
import io.diffmm.model.denoiser.Likelihood;
import io.diffmm.model.denoiser.Optimisation;
import io.diffmm.model.denoiser.SingleViewFamily;
import io.diffmm.model.denoiser.Start;
import io.diffmm.model.denoiser.TemporalWeights;
import java.util.Map;

/// Every hyper-parameter of L-DiffRec and LT-DiffRec, for training and for serving what was trained.
///
/// @param temporal what the interactions of a history weigh; for L-DiffRec all the same
/// @param latent the autoencoder
/// @param diffusion the denoiser of latent rows
/// @param optimisation how long both are trained
public record LDiffRecSettings(
        TemporalWeights temporal, Latent latent, DenoiserSettings diffusion, Optimisation optimisation)
        implements SingleViewFamily.Settings {

    public LDiffRecSettings {
        require(diffusion.likelihood() == Likelihood.MULTINOMIAL, "likelihood", "multinomial");
        require(diffusion.start() == Start.RANDOM, "start", "random");
        require(diffusion.msiWeight() == 0, "msi-weight", "0");
    }

    private static void require(boolean right, String name, String value) {
        if (!right) {
            throw new IllegalArgumentException("diffusion.%s has to be %s for latent rows".formatted(name, value));
        }
    }

    /// The variational autoencoder: one encoder for each group of items, one decoder.
    ///
    /// @param width L, numbers of a latent row
    /// @param clusters C, groups of items
    /// @param itemVectors what items are grouped by: `auto` (features if there are any), `interactions`, or a
    /// modality
    /// @param dropout the share of a row's entries that training hides from the encoders
    /// @param divergence the weight that the Kullback-Leibler divergence rises to
    /// @param divergenceSteps steps in which it would rise to 1
    /// @param diffusion lambda, the weight of the diffusion's error in the first epoch
    /// @param diffusionLeast what that weight falls to
    /// @param diffusionEpochs epochs in which it would fall to 0
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
            SettingRules.within(1, SettingRules.MOST_WIDTH, width, "latent.width");
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

        /// The weight of the divergence after some steps.
        public double divergenceAfter(long steps) {
            return Math.min(divergence, (double) steps / divergenceSteps);
        }

        /// The weight of the diffusion's error in an epoch.
        ///
        /// @param epoch from 1
        public double diffusionIn(int epoch) {
            return Math.max(diffusionLeast, diffusion * (1 - (epoch - 1.0) / diffusionEpochs));
        }
    }

    /// The settings that `tree` describes.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static LDiffRecSettings of(Map<String, Object> tree) {
        return SettingsMapper.read(TemporalWeights.complete(DenoiserSettings.complete(tree)), LDiffRecSettings.class);
    }
}
