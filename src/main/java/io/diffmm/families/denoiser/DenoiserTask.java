package io.diffmm.families.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.engine.EngineScript;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import java.util.Optional;

/// Denoiser to be trained on the rows of all users.
///
/// @param name name of the denoiser in checkpoints, unique in the model
/// @param denoiser denoiser of the model, which contains the trained weights
/// @param histories items of each user, oldest first
/// @param rows conversion of histories to rows
/// @param products type of the products of large matrices
/// @param signal modality signal of the reconstruction loss
public record DenoiserTask(
        String name,
        Denoiser denoiser,
        InteractionMatrix histories,
        HistoryRows rows,
        DenoiserSettings settings,
        ProductType products,
        Optional<ModalitySignal> signal) {

    /// Two sides of the modality signal injected into the loss of reconstruction, both constants of the loss (Jiang
    /// et al. 2024, section 3.2).
    public interface ModalitySignal {

        /// `F_m`, the features of the items under the current feature map.
        ///
        /// @param scope owner of the result
        /// @return `[I, d]`
        NDArray mapped(NDManager scope);

        /// `E_i`, the item embeddings; the model's own array.
        ///
        /// @return `[I, d]`
        NDArray embedded();
    }

    /// Opens the optimiser of the denoiser's weights.
    ///
    /// @param manager owner of its arrays
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

    /// Opens the program that computes a training step.
    ///
    /// @param trained weights of the denoiser
    EngineScript open(String program, TrainedWeights trained, NDManager manager) {
        Denoiser optimised = Denoiser.of(trained.weights(), trained.prefix() + prefix());
        return open(program, optimised, products, manager);
    }

    /// Opens a program that computes the loss and gradients of a denoiser. The program keeps the denoiser's arrays
    /// alive and reads their current values at each call.
    ///
    /// @param program name of the program
    /// @param manager owner of the program
    public static EngineScript open(String program, Denoiser denoiser, ProductType products, NDManager manager) {
        EngineScript script = EngineScript.load(program, manager);
        try (NDManager scope = manager.newSubManager()) {
            NDArray reduced = scope.full(new Shape(1), products == ProductType.BFLOAT16 ? 1f : 0f);
            script.call(
                    "prepare",
                    scope,
                    denoiser.items(),
                    denoiser.steps(),
                    denoiser.bias(),
                    denoiser.stepWeight(),
                    denoiser.stepBias(),
                    reduced);
            for (Denoiser.Layer layer : denoiser.layers()) {
                script.call("layer", scope, layer.weight(), layer.bias());
            }
        }
        return script;
    }
}
