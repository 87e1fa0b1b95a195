package io.diffmm.families.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.graph.BipartiteGraph.WalkMatrix;
import io.diffmm.graph.CsrMatrix.Adjacency;
import java.util.List;

/// Spectral initialisation of denoisers with one hidden layer: the best approximation, in the rank of the layer, of
/// one step of the random walk from item to user to item.
///
/// With X the interactions, `N = D_i^-1/2 X^T D_u^-1 X D_i^-1/2 = Q L Q^T` and the H greatest eigenvalues of N,
///
/// ```
/// W = D_i^-1/2 Q_H L_H      V = Q_H^T D_i^1/2      W V = D_i^-1/2 N_H D_i^1/2, near  P = D_i^-1 X^T D_u^-1 X
/// ```
///
/// without biases or dependence on the step: on a row that sums to 1, where tanh is nearly linear, the denoiser
/// computes one step of the walk, and the reverse diffusion continues it. Items without interactions have zero weights.
///
/// The eigenvectors come from subspace iteration on a block of random vectors (Halko, Martinsson and Tropp 2011,
/// algorithm 4.4, <https://arxiv.org/abs/0909.4061>), drawn from the engine's generator. N is never held in memory;
/// the block is, `[I, 1.1 H]`. With fewer items than hidden units, the remaining units keep their random input and
/// have no output.
public final class SpectralInitialisation {

    private static final double BLOCK = 1.1;
    private static final int PRODUCTS = 10;

    private SpectralInitialisation() {}

    /// Overwrites the weights of denoisers, all with the same values.
    ///
    /// @param denoisers at least one, of one hidden layer and equal shapes
    public static void set(List<Denoiser> denoisers, InteractionMatrix histories, NDManager manager) {
        Denoiser first = denoisers.getFirst();
        try (NDManager scope = manager.newSubManager();
                EngineScript program = EngineScript.load("spectral-start", scope)) {
            program.call("clear", scope, first.steps());
            program.call("clear", scope, first.bias());
            program.call("clear", scope, first.output().bias());
            decompose(program, histories, first, scope);
            NDList weights = first.parameters("");
            for (Denoiser other : denoisers.subList(1, denoisers.size())) {
                other.parameters("").forEach(array -> program.call("copy", scope, weights.get(array.getName()), array));
            }
        }
    }

    private static void decompose(
            EngineScript program, InteractionMatrix histories, Denoiser denoiser, NDManager scope) {
        try (Adjacency walk = WalkMatrix.of(histories, scope)) {
            program.call(
                    "forward",
                    scope,
                    walk.forward().columns(),
                    walk.forward().offsets(),
                    walk.forward().weights(),
                    walk.backward().columns(),
                    walk.backward().offsets(),
                    walk.backward().weights(),
                    lengths(histories, scope),
                    denoiser.items(),
                    denoiser.output().weight(),
                    numbers(denoiser, scope));
        }
    }

    /// Returns the square root of the number of users of each item, `[I]`; 1 for an item without users.
    private static NDArray lengths(InteractionMatrix histories, NDManager scope) {
        int[] counts = histories.columnCounts();
        float[] lengths = new float[counts.length];
        for (int item = 0; item < counts.length; item++) {
            lengths[item] = (float) Math.sqrt(Math.max(1, counts[item]));
        }
        return EngineArrays.dense(scope, lengths, new Shape(lengths.length));
    }

    /// Returns the width of the block, and the number of iterations.
    private static NDArray numbers(Denoiser denoiser, NDManager scope) {
        int items = (int) denoiser.items().getShape().get(0);
        int hidden = (int) denoiser.items().getShape().get(1);
        float[] numbers = {(float) Math.min(items, Math.ceil(BLOCK * hidden)), PRODUCTS};
        return EngineArrays.dense(scope, numbers, new Shape(numbers.length));
    }
}
