package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/// What the modality signal that is injected into the loss of reconstruction compares (Jiang et al. 2024, section 3.2);
/// constants of the loss.
public interface ModalitySignal {

    /// `F_m`, the items' features as they are mapped now.
    ///
    /// @param scope owns the result
    /// @return `[I, d]`
    NDArray mapped(NDManager scope);

    /// `E_i`, the items' embeddings; the model's own array.
    ///
    /// @return `[I, d]`
    NDArray embedded();
}
