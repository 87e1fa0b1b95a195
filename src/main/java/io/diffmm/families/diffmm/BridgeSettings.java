package io.diffmm.families.diffmm;

import io.diffmm.model.SettingRules;

/// Settings of the bridge diffusion of the form `history`; see [BridgeTrainer]. The section
/// `recommendation.bridge`.
///
/// @param steps T
/// @param noise size of the noise in the middle of the bridge
/// @param hidden h, width of the hidden layer
/// @param temperature tau, divisor of the cosines in the loss
/// @param learningRate of AdamW
/// @param weightDecay of AdamW
/// @param batchSize users per step
/// @param from first epoch in which the bridge is trained
/// @param averaging decay of the moving average of the weights
public record BridgeSettings(
        int steps,
        double noise,
        int hidden,
        double temperature,
        double learningRate,
        double weightDecay,
        int batchSize,
        int from,
        double averaging) {

    private static final int MAX_STEPS = 100; // in plain Java, for each request

    public BridgeSettings {
        SettingRules.within(1, MAX_STEPS, steps, "recommendation.bridge.steps");
        SettingRules.atLeast(0, noise, "recommendation.bridge.noise");
        SettingRules.within(1, SettingRules.MAX_WIDTH, hidden, "recommendation.bridge.hidden");
        SettingRules.atLeast(RecommendationForm.MIN_TEMPERATURE, temperature, "recommendation.bridge.temperature");
        SettingRules.positive(learningRate, "recommendation.bridge.learning-rate");
        SettingRules.atLeast(0, weightDecay, "recommendation.bridge.weight-decay");
        SettingRules.atLeast(1, batchSize, "recommendation.bridge.batch-size");
        SettingRules.atLeast(1, from, "recommendation.bridge.from");
        SettingRules.belowOne(averaging, "recommendation.bridge.averaging");
        if (steps == 1 && noise > 0) {
            throw new IllegalArgumentException(
                    "recommendation.bridge.noise is %s, but the only step begins at the user's vector, without noise; set recommendation.bridge.noise to 0, or recommendation.bridge.steps to 2 or more"
                            .formatted(noise));
        }
    }
}
