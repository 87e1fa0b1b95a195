package io.diffmm.model.denoiser;

import io.diffmm.model.ModelFamily;
import java.util.Map;

/// A family that is nothing but a denoiser; its one view has the family's name.
public interface SingleViewFamily extends ModelFamily {

    /// Whether recent interactions may weigh more.
    boolean isTemporal();

    /// The settings that `tree` describes.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    Settings settings(Map<String, Object> tree);

    /// Every hyper-parameter of such a family, for training and for serving what was trained.
    interface Settings {

        /// How long it is trained.
        Optimisation optimisation();
    }
}
