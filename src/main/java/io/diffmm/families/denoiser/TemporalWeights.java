package io.diffmm.families.denoiser;

import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/// Weights of the interactions of a history in its row, by their order in time (T-DiffRec, Wang et al. 2023, section
/// 3.4, <https://arxiv.org/abs/2304.04971>).
///
/// Interaction p of n, oldest first, has the weight `least + (greatest - least) ((p - 1) / (n - 1))^power`; a single
/// interaction has `greatest`. The paper uses linear weights: power 1.
///
/// @param least weight of the oldest interaction
/// @param greatest weight of the latest interaction
/// @param power rate at which weights fall with age
public record TemporalWeights(double least, double greatest, double power) {

    /// Weights of 1.
    public static final TemporalWeights NONE = new TemporalWeights(1, 1, 1);

    /// Name of the section.
    public static final String SECTION = "temporal";
    private static final double MAX = 1000;

    public TemporalWeights {
        SettingRules.positive(greatest, "temporal.greatest");
        SettingRules.within(0, greatest, least, "temporal.least");
        SettingRules.within(0, MAX, greatest, "temporal.greatest");
        SettingRules.within(0, MAX, power, "temporal.power");
    }

    /// Completes this section of a tree of all settings: a tree without it has weights of 1, a section without a
    /// power has linear weights.
    public static Map<String, Object> complete(Map<String, Object> tree) {
        Map<String, Object> complete = new LinkedHashMap<>(tree);
        Object section = complete.getOrDefault(SECTION, SettingsMapper.write(NONE));
        complete.put(SECTION, SettingsMapper.withDefaults(section, Map.of("power", 1)));
        return complete;
    }

    /// Rejects weights for a family without them.
    ///
    /// @param family name of the family
    /// @param temporal name of the family with weights
    /// @throws IllegalArgumentException if a weight is not 1
    public void requireNone(String family, String temporal) {
        if (!equals(NONE)) {
            throw new IllegalArgumentException(
                    "temporal is set, but %s has no temporal weights; omit the section, or train %s"
                            .formatted(family, temporal));
        }
    }

    /// Computes the weights of the interactions of a history, oldest first.
    ///
    /// @param length n
    public double[] weights(int length) {
        double[] weights = new double[length];
        for (int at = 0; at < length; at++) {
            double position = length == 1 ? 1 : at / (length - 1.0);
            weights[at] = least + (greatest - least) * Math.pow(position, power);
        }
        return weights;
    }
}
