package io.diffmm.model.denoiser;

import io.diffmm.diffusion.NoiseSchedule;
import io.diffmm.diffusion.Prediction;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A denoiser, its diffusion, and how it is trained: the section `diffusion` of the settings.
///
/// @param objective what it is trained to predict
/// @param likelihood how far what it predicts is from that
/// @param prediction what its output is
/// @param start what it is before
/// @param hidden widths of the hidden layers
/// @param steps T
/// @param noiseScale s
/// @param noiseMin the least noise, before it is scaled
/// @param noiseMax the greatest
/// @param firstBeta the first step's variance
/// @param stepEmbedding width of the step's embedding, even
/// @param stepSampling how training draws a row's step
/// @param stepWeights how much the loss at a step counts
/// @param rowSum what a history's row sums to, for other objectives than reconstruction
/// @param dropout the share of a row that training hides
/// @param msiWeight lambda0, the weight of the modality signal injected into the loss; for reconstruction only
/// @param learningRate of AdamW
/// @param weightDecay of AdamW
/// @param averaging how much of an average of the weights stays at a step; 0 for the weights as they are
/// @param batchSize user rows a step
public record DenoiserSettings(
        Objective objective,
        Likelihood likelihood,
        Prediction prediction,
        Start start,
        List<Integer> hidden,
        int steps,
        double noiseScale,
        double noiseMin,
        double noiseMax,
        double firstBeta,
        int stepEmbedding,
        StepSampling stepSampling,
        StepWeights stepWeights,
        double rowSum,
        double dropout,
        double msiWeight,
        double learningRate,
        double weightDecay,
        double averaging,
        int batchSize) {

    /// The name of the section.
    public static final String SECTION = "diffusion";

    /// What a tree need not mention.
    private static final Map<String, Object> DEFAULTS = Map.of(
            "objective", "reconstruction",
            "likelihood", "gaussian",
            "prediction", "clean",
            "start", "random",
            "step-sampling", "uniform",
            "step-weights", "signal-to-noise",
            "row-sum", 1,
            "msi-weight", 0,
            "weight-decay", 0,
            "averaging", 0);

    public DenoiserSettings {
        hidden = List.copyOf(hidden);
        if (hidden.isEmpty()) {
            throw new IllegalArgumentException("diffusion.hidden is empty; give the width of at least one layer");
        }
        hidden.forEach(width -> SettingRules.within(1, SettingRules.MOST_WIDTH, width, "diffusion.hidden"));
        SettingRules.within(1, SettingRules.MOST_STEPS, steps, "diffusion.steps");
        SettingRules.within(2, SettingRules.MOST_WIDTH, stepEmbedding, "diffusion.step-embedding");
        SettingRules.positive(rowSum, "diffusion.row-sum");
        SettingRules.belowOne(dropout, "diffusion.dropout");
        SettingRules.atLeast(0, msiWeight, "diffusion.msi-weight");
        SettingRules.positive(learningRate, "diffusion.learning-rate");
        SettingRules.atLeast(0, weightDecay, "diffusion.weight-decay");
        SettingRules.belowOne(averaging, "diffusion.averaging");
        SettingRules.atLeast(1, batchSize, "diffusion.batch-size");
        NoiseSchedule.linear(steps, noiseScale, noiseMin, noiseMax, firstBeta);
        if (objective == Objective.RECONSTRUCTION) {
            refuse(rowSum != 1, "row-sum", rowSum, "the objective reconstruction (its rows hold weights)");
            refuse(start == Start.SPECTRAL, "start", start, "the objective reconstruction");
        } else {
            refuse(msiWeight > 0, "msi-weight", msiWeight, "the objective " + lowerCase(objective));
        }
        if (start == Start.SPECTRAL && hidden.size() > 1) {
            throw new IllegalArgumentException(
                    "diffusion.start is spectral, which needs a single hidden layer, and diffusion.hidden has %d; set diffusion.start to random"
                            .formatted(hidden.size()));
        }
    }

    /// The settings that a section describes; what it does not mention is as it is by default.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static DenoiserSettings of(Map<String, Object> section) {
        Map<String, Object> complete = new LinkedHashMap<>(DEFAULTS);
        complete.putAll(section);
        return SettingsMapper.read(complete, DenoiserSettings.class);
    }

    /// The section of a tree, with what it does not mention as it is by default, for [SettingsMapper].
    ///
    /// @param tree of all settings
    public static Map<String, Object> complete(Map<String, Object> tree) {
        Map<String, Object> complete = new LinkedHashMap<>(tree);
        complete.computeIfPresent(SECTION, (_, part) -> SettingsMapper.withDefaults(part, DEFAULTS));
        return complete;
    }

    /// Checks what holds where a denoiser works on rows as wide as the catalogue.
    ///
    /// @throws IllegalArgumentException naming the setting that is of no use, or impossible
    public void requireRows() {
        if (objective == Objective.RECONSTRUCTION) {
            refuse(
                    likelihood == Likelihood.MULTINOMIAL,
                    "likelihood",
                    likelihood,
                    "the objective reconstruction of rows");
            return;
        }
        String other = "the objective %s (it adds no noise to rows)".formatted(lowerCase(objective));
        refuse(prediction == Prediction.NOISE, "prediction", prediction, other);
        refuse(stepSampling == StepSampling.IMPORTANCE, "step-sampling", stepSampling, other);
        refuse(stepWeights == StepWeights.NONE, "step-weights", stepWeights, other);
        if (likelihood == Likelihood.MULTINOMIAL && steps > 1) {
            throw new IllegalArgumentException(
                    "diffusion.likelihood is multinomial, whose rows hold logarithms that no further step can start from, and diffusion.steps is %d; set diffusion.steps to 1"
                            .formatted(steps));
        }
    }

    private static void refuse(boolean wrong, String name, Object value, String reason) {
        if (wrong) {
            throw new IllegalArgumentException(
                    "diffusion.%s is %s, for which %s has no use".formatted(name, lowerCase(value), reason));
        }
    }

    private static String lowerCase(Object value) {
        return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The schedule that these settings describe.
    public NoiseSchedule schedule() {
        return NoiseSchedule.linear(steps, noiseScale, noiseMin, noiseMax, firstBeta);
    }
}
