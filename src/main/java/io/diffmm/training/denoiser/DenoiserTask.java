package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDList;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.model.Products;
import io.diffmm.model.denoiser.DenoiserSettings;
import io.diffmm.model.denoiser.HistoryRows;
import java.util.Optional;

/// A denoiser that is to be trained on the users' rows.
///
/// @param name of the denoiser in checkpoints, unique in the model
/// @param denoiser the model's own; what training has come to
/// @param histories each user's items, oldest first
/// @param rows how histories become rows
/// @param products in which type large matrices are multiplied
/// @param signal what reconstruction is weighed with beside the rows
public record DenoiserTask(
        String name,
        Denoiser denoiser,
        InteractionMatrix histories,
        HistoryRows rows,
        DenoiserSettings settings,
        Products products,
        Optional<ModalitySignal> signal) {

    /// The parameters of the model's denoiser under their names.
    NDList parameters() {
        return denoiser.parameters(name + ".");
    }
}
