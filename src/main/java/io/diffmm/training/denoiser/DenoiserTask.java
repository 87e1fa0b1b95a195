package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.engine.EngineScript;
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

    /// The weights of the denoiser in training.
    ///
    /// @param manager owns what is needed beside the model's
    TrainedWeights train(NDManager manager) {
        return new TrainedWeights(
                manager,
                name,
                denoiser.parameters(prefix()),
                settings.averaging(),
                settings.learningRate(),
                settings.weightDecay());
    }

    private String prefix() {
        return name + ".";
    }

    /// Opens the program that computes a step.
    ///
    /// @param trained the denoiser's weights
    EngineScript open(String program, TrainedWeights trained, NDManager manager) {
        Denoiser optimised = Denoiser.of(trained.weights(), trained.prefix() + prefix());
        return DenoiserProgram.open(program, optimised, products, manager);
    }
}
