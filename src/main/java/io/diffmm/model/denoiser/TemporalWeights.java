package io.diffmm.model.denoiser;

import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the interactions of a history weigh in its row, by their order in time (T-DiffRec, Wang et al.
/// 2023, section 3.4, <https://arxiv.org/abs/2304.04971>).
///
/// Interaction p of n, the oldest being the first, has the weight `least + (greatest - least) ((p - 1) / (n -
/// 1))^power`; a single one has the greatest. The paper's are linear: power 1.
///
/// @param least of the oldest interaction
/// @param greatest of the latest
/// @param power how fast older ones lose weight
public record TemporalWeights(double least, double greatest, double power) {

    /// All interactions weigh 1.
    public static final TemporalWeights NONE = new TemporalWeights(1, 1, 1);

    private static final double GREATEST = 1000;

    public TemporalWeights {
        SettingRules.positive(greatest, "temporal.greatest");
        SettingRules.within(0, greatest, least, "temporal.least");
        SettingRules.within(0, GREATEST, greatest, "temporal.greatest");
        SettingRules.within(0, GREATEST, power, "temporal.power");
    }

    /// The settings' section.
    public static final String SECTION = "temporal";

    /// A tree in which the section is there, and whole: without it all interactions weigh 1, without a power weights
    /// are linear.
    ///
    /// @param tree of all settings
    public static Map<String, Object> complete(Map<String, Object> tree) {
        Map<String, Object> complete = new LinkedHashMap<>(tree);
        Object section = complete.getOrDefault(SECTION, SettingsMapper.write(NONE));
        complete.put(SECTION, SettingsMapper.withDefaults(section, Map.of("power", 1)));
        return complete;
    }

    /// Refuses weights where a family has none.
    ///
    /// @param family its name
    /// @param temporal the name of the family that has
    /// @throws IllegalArgumentException if the weights are not all 1
    public void requireNone(String family, String temporal) {
        if (!equals(NONE)) {
            throw new IllegalArgumentException(
                    "temporal is there, and %s has no temporal weights; leave the section out, or train %s"
                            .formatted(family, temporal));
        }
    }

    /// The weights of the interactions of a history, oldest first.
    ///
    /// @param length n
    public double[] weights(int length) {
        double[] weights = new double[length];
        for (int at = 0; at < length; at++) {
            double place = length == 1 ? 1 : at / (length - 1.0);
            weights[at] = least + (greatest - least) * Math.pow(place, power);
        }
        return weights;
    }
}
