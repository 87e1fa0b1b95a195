package io.diffmm.families.denoiser;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.diffmm.diffusion.NoiseSchedule;
import io.diffmm.diffusion.Prediction;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Hyper-parameters of a denoiser, its diffusion and its training: the section `diffusion` of the settings.
///
/// @param objective target of the training
/// @param likelihood distance between prediction and target
/// @param prediction meaning of the denoiser's output
/// @param start initialisation of the weights
/// @param hidden widths of the hidden layers
/// @param steps T, the number of diffusion steps, or of passes with feedback
/// @param feedback input of the passes after the first; without it, steps are those of the noise
/// @param noiseScale s
/// @param noiseMin minimum noise, before scaling
/// @param noiseMax maximum noise, before scaling
/// @param firstBeta variance of the first step
/// @param stepEmbedding width of the step embedding, even
/// @param stepSampling distribution of the training steps
/// @param stepWeights weights of the loss by step
/// @param rowSum sum of a history's row; ignored for reconstruction
/// @param dropout fraction of a row that training hides
/// @param msiWeight lambda0, weight of the modality signal injected into the loss; for reconstruction only
/// @param learningRate of AdamW
/// @param weightDecay of AdamW
/// @param averaging decay of the moving average of the weights; 0 to use the weights themselves
/// @param batchSize user rows per step
public record DenoiserSettings(
        Objective objective,
        Likelihood likelihood,
        Prediction prediction,
        Initialisation start,
        List<Integer> hidden,
        int steps,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Feedback> feedback,
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

    /// Name of the section.
    public static final String SECTION = "diffusion";

    private static final String FEEDBACK = "feedback";

    /// Value that replaces the feedback of a preset by none.
    private static final String NONE = "none";

    private static final Map<String, Object> DEFAULTS = Map.ofEntries(
            Map.entry("objective", "reconstruction"),
            Map.entry("likelihood", "gaussian"),
            Map.entry("prediction", "clean"),
            Map.entry("start", "random"),
            Map.entry(FEEDBACK, Optional.empty()),
            Map.entry("step-sampling", "uniform"),
            Map.entry("step-weights", "signal-to-noise"),
            Map.entry("row-sum", 1),
            Map.entry("msi-weight", 0),
            Map.entry("weight-decay", 0),
            Map.entry("averaging", 0));

    /// Maximum number of passes with feedback, each of which searches all items.
    private static final int MAX_PASSES = 100;

    /// Target of the training of a denoiser.
    public enum Objective {

        /// The row passed in, without its noise, as published. A history is a row of its weights.
        @JsonProperty("reconstruction")
        RECONSTRUCTION,

        /// A random part of the history, hidden from the input. The sum of a row does not depend on the
        /// history's length.
        @JsonProperty("hidden-items")
        HIDDEN_ITEMS,

        /// The part of the history after the input.
        @JsonProperty("later-items")
        LATER_ITEMS
    }

    /// Distance between a predicted row and its target.
    public enum Likelihood {

        /// Squared error of the entries.
        @JsonProperty("gaussian")
        GAUSSIAN,

        /// Negative log-likelihood of the target items, where the predicted entries are logits (Liang et al.
        /// 2018, equation 2, <https://arxiv.org/abs/1802.05814>).
        @JsonProperty("multinomial")
        MULTINOMIAL
    }

    /// Initialisation of a denoiser's weights.
    public enum Initialisation {

        /// Random weights, as published.
        @JsonProperty("random")
        RANDOM,

        /// One step of the random walk from item to user to item, in the rank of the hidden layer.
        @JsonProperty("spectral")
        SPECTRAL
    }

    /// Distribution of the diffusion steps that rows are trained at.
    public enum StepSampling {

        /// Uniform.
        @JsonProperty("uniform")
        UNIFORM,

        /// Steps with greater losses more often, with each loss divided by its relative frequency.
        @JsonProperty("importance")
        IMPORTANCE
    }

    /// Weights of the loss by step.
    public enum StepWeights {

        /// Weights of the evidence lower bound, from the signal-to-noise ratio.
        @JsonProperty("signal-to-noise")
        SIGNAL_TO_NOISE {
            @Override
            public double of(NoiseSchedule schedule, Prediction prediction, int step) {
                return schedule.lossWeight(step);
            }
        },

        /// Equal weights of the error of the denoiser's output.
        @JsonProperty("none")
        NONE {
            @Override
            public double of(NoiseSchedule schedule, Prediction prediction, int step) {
                double share = prediction.outputShare(schedule, step);
                return 1 / (share * share);
            }
        };

        /// Returns the weight of the squared error of the clean row derived from a prediction.
        public abstract double of(NoiseSchedule schedule, Prediction prediction, int step);
    }

    /// Feedback of leading items: the row of the next pass is `(1 - share)` of the user's own row and
    /// `share` of the softmax of the pass before it.
    ///
    /// @param share share of the softmax, a
    /// @param items number of leading items that the softmax covers, K; those of the history do not count
    public record Feedback(double share, int items) {

        public Feedback {
            SettingRules.share(share, "diffusion.feedback.share");
            SettingRules.within(1, SettingRules.MAX_WIDTH, items, "diffusion.feedback.items");
        }
    }

    public DenoiserSettings {
        hidden = List.copyOf(hidden);
        requireWidths(hidden);
        SettingRules.within(1, SettingRules.MAX_STEPS, steps, "diffusion.steps");
        SettingRules.within(2, SettingRules.MAX_WIDTH, stepEmbedding, "diffusion.step-embedding");
        SettingRules.positive(rowSum, "diffusion.row-sum");
        SettingRules.belowOne(dropout, "diffusion.dropout");
        SettingRules.atLeast(0, msiWeight, "diffusion.msi-weight");
        SettingRules.positive(learningRate, "diffusion.learning-rate");
        SettingRules.atLeast(0, weightDecay, "diffusion.weight-decay");
        SettingRules.belowOne(averaging, "diffusion.averaging");
        SettingRules.atLeast(1, batchSize, "diffusion.batch-size");
        NoiseSchedule.linear(steps, noiseScale, noiseMin, noiseMax, firstBeta);
        requireEffects(objective, start, rowSum, msiWeight);
        if (start == Initialisation.SPECTRAL && hidden.size() > 1) {
            throw new IllegalArgumentException(
                    "diffusion.start is spectral, which needs a single hidden layer, and diffusion.hidden has %d; set diffusion.start to random"
                            .formatted(hidden.size()));
        }
    }

    private static void requireWidths(List<Integer> hidden) {
        if (hidden.isEmpty()) {
            throw new IllegalArgumentException("diffusion.hidden is empty; set the width of at least one layer");
        }
        hidden.forEach(width -> SettingRules.within(1, SettingRules.MAX_WIDTH, width, "diffusion.hidden"));
    }

    private static void requireEffects(Objective objective, Initialisation start, double rowSum, double msiWeight) {
        if (objective == Objective.RECONSTRUCTION) {
            refuse(rowSum != 1, "row-sum", rowSum, "the objective reconstruction (its rows are weights)");
            refuse(start == Initialisation.SPECTRAL, "start", start, "the objective reconstruction");
        } else {
            refuse(msiWeight > 0, "msi-weight", msiWeight, "the objective " + lowerCase(objective));
        }
    }

    /// Parses a section; settings that it omits have their defaults.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static DenoiserSettings of(Map<String, Object> section) {
        Map<String, Object> complete = new LinkedHashMap<>(DEFAULTS);
        complete.putAll(section);
        complete.replace(FEEDBACK, NONE, Optional.empty());
        return SettingsMapper.read(complete, DenoiserSettings.class);
    }

    /// Adds defaults to this section of a tree of all settings, for [SettingsMapper].
    public static Map<String, Object> complete(Map<String, Object> tree) {
        Map<String, Object> complete = new LinkedHashMap<>(tree);
        complete.computeIfPresent(SECTION, (_, part) -> withoutNone(SettingsMapper.withDefaults(part, DEFAULTS)));
        return complete;
    }

    private static Object withoutNone(Object section) {
        if (section instanceof Map<?, ?> settings && NONE.equals(settings.get(FEEDBACK))) {
            Map<Object, Object> absent = new LinkedHashMap<>(settings);
            absent.put(FEEDBACK, Optional.empty());
            return absent;
        }
        return section;
    }

    /// Requires settings that suit a denoiser of rows as wide as the catalogue.
    ///
    /// @throws IllegalArgumentException naming the setting that has no effect or is impossible
    public void requireRows() {
        feedback.ifPresent(_ -> requireFeedback());
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
        if (likelihood == Likelihood.MULTINOMIAL && steps > 1 && feedback.isEmpty()) {
            throw new IllegalArgumentException(
                    "diffusion.likelihood is multinomial, whose predicted rows are logits and no input of a further step, but diffusion.steps is %d; set diffusion.steps to 1, or set diffusion.feedback"
                            .formatted(steps));
        }
    }

    private void requireFeedback() {
        if (objective == Objective.RECONSTRUCTION || likelihood == Likelihood.GAUSSIAN) {
            throw new IllegalArgumentException(
                    "diffusion.feedback is set, which needs the objective later-items or hidden-items and the likelihood multinomial, but they are %s and %s; set diffusion.feedback to none"
                            .formatted(lowerCase(objective), lowerCase(likelihood)));
        }
        if (steps == 1) {
            throw new IllegalArgumentException(
                    "diffusion.feedback is set, but diffusion.steps is 1, so that no pass receives it; set diffusion.steps to 2 or diffusion.feedback to none");
        }
        SettingRules.within(2, MAX_PASSES, steps, "diffusion.steps with diffusion.feedback");
    }

    private static void refuse(boolean wrong, String name, Object value, String reason) {
        if (wrong) {
            throw new IllegalArgumentException(
                    "diffusion.%s is %s, which %s does not use".formatted(name, lowerCase(value), reason));
        }
    }

    private static String lowerCase(Object value) {
        return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Number of steps that the denoiser is trained at: 1 with feedback, whose passes are all at step 1.
    public int trainedSteps() {
        return feedback.isPresent() ? 1 : steps;
    }

    /// Noise schedule of the diffusion.
    public NoiseSchedule schedule() {
        return NoiseSchedule.linear(trainedSteps(), noiseScale, noiseMin, noiseMax, firstBeta);
    }
}
