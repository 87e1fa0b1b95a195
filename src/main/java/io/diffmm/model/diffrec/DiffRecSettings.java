package io.diffmm.model.diffrec;

import io.diffmm.model.SettingsMapper;
import io.diffmm.model.denoiser.DenoiserSettings;
import io.diffmm.model.denoiser.Optimisation;
import io.diffmm.model.denoiser.SingleViewFamily;
import io.diffmm.model.denoiser.TemporalWeights;
import java.util.Map;

/// Every hyper-parameter of DiffRec and T-DiffRec, for training and for serving what was trained.
///
/// @param temporal what the interactions of a history weigh; for DiffRec all the same
/// @param diffusion the denoiser
/// @param optimisation how long it is trained
public record DiffRecSettings(TemporalWeights temporal, DenoiserSettings diffusion, Optimisation optimisation)
        implements SingleViewFamily.Settings {

    public DiffRecSettings {
        diffusion.requireRows();
        if (diffusion.msiWeight() > 0) {
            throw new IllegalArgumentException(
                    "diffusion.msi-weight is %s, and there are no modalities; set it to 0 or leave it out"
                            .formatted(diffusion.msiWeight()));
        }
    }

    /// The settings that `tree` describes.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static DiffRecSettings of(Map<String, Object> tree) {
        return SettingsMapper.read(TemporalWeights.complete(DenoiserSettings.complete(tree)), DiffRecSettings.class);
    }
}
