package io.diffmm.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineScript;

/// An average of weights that follows them as they are trained: after each step `a := s a + (1 - s) w`, in
/// place, by the program `weight-average.pt`.
///
/// Steps move weights to and fro; where few lists change places between good and bad, as a popular item enters
/// them, the average is the steadier model.
///
/// Memory: owns the program, in the manager given at construction; the arrays are somebody else's.
public final class WeightAverage {

    private final NDManager manager;
    private final EngineScript program;
    private final float share;

    /// An average that starts as `averages` are.
    ///
    /// @param averages arrays of the shapes of `weights`, in their order
    /// @param share how much of the average stays at a step
    public WeightAverage(NDManager manager, NDList weights, NDList averages, double share) {
        this.manager = manager;
        this.program = EngineScript.load("weight-average", manager);
        this.share = (float) share;
        try (NDManager scope = manager.newSubManager()) {
            for (int at = 0; at < weights.size(); at++) {
                program.call("add", scope, weights.get(at), averages.get(at));
            }
        }
    }

    /// Follows the weights after a step.
    public void follow() {
        try (NDManager scope = manager.newSubManager()) {
            NDArray stays = scope.full(new Shape(), share);
            program.call("forward", scope, stays);
        }
    }
}
