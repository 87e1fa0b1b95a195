package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.engine.EngineScript;
import io.diffmm.model.Products;

/// Opens the programs that compute a denoiser's loss and gradients.
public final class DenoiserProgram {

    private DenoiserProgram() {}

    /// A program over a denoiser, whose arrays it keeps alive and sees as they change.
    ///
    /// @param name of the program
    /// @param manager owns it
    public static EngineScript open(String name, Denoiser denoiser, Products products, NDManager manager) {
        EngineScript program = EngineScript.load(name, manager);
        try (NDManager scope = manager.newSubManager()) {
            NDArray reduced = scope.full(new Shape(1), products == Products.BFLOAT16 ? 1f : 0f);
            program.call(
                    "prepare",
                    scope,
                    denoiser.items(),
                    denoiser.steps(),
                    denoiser.bias(),
                    denoiser.stepWeight(),
                    denoiser.stepBias(),
                    reduced);
            for (Denoiser.Layer layer : denoiser.layers()) {
                program.call("layer", scope, layer.weight(), layer.bias());
            }
        }
        return program;
    }
}
