package io.diffmm.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineScript;
import io.diffmm.safetensors.Tensors;
import java.util.List;
import java.util.function.Function;

/// AdamW (Loshchilov and Hutter 2019, <https://arxiv.org/abs/1711.05101>) over a fixed list of parameters, in
/// place, by the program `adam.pt`; without weight decay it is Adam (Kingma and Ba 2015,
/// <https://arxiv.org/abs/1412.6980>).
///
/// A step's gradients and everything in between are freed with a scope of its own; nothing attaches to the parameters'
/// manager.
///
/// Memory: owns the program and two arrays a parameter, in the manager given at construction.
public final class AdamOptimiser {

    private final NDManager manager;
    private final EngineScript program;
    private final String name;
    private final NDList means = new NDList();
    private final NDList variances = new NDList();
    private final float rate;
    private final float decay;
    private int steps;

    /// An optimiser of named parameters, without weight decay.
    ///
    /// @param name prefix of its arrays in a checkpoint
    /// @param rate the learning rate
    public AdamOptimiser(NDManager manager, String name, NDList parameters, double rate) {
        this(manager, name, parameters, rate, 0);
    }

    /// An optimiser of named parameters.
    ///
    /// @param name prefix of its arrays in a checkpoint
    /// @param rate the learning rate
    /// @param decay the weight decay: each step takes `rate * decay` of a parameter away
    public AdamOptimiser(NDManager manager, String name, NDList parameters, double rate, double decay) {
        this.manager = manager;
        this.program = EngineScript.load("adam", manager);
        this.name = name;
        this.rate = (float) rate;
        this.decay = (float) decay;
        try (NDManager scope = manager.newSubManager()) {
            for (NDArray parameter : parameters) {
                means.add(zeros("mean.", parameter));
                variances.add(zeros("variance.", parameter));
                program.call("add", scope, parameter, means.getLast(), variances.getLast());
            }
        }
    }

    private NDArray zeros(String kind, NDArray parameter) {
        NDArray zeros = manager.zeros(parameter.getShape());
        zeros.setName(name + "." + kind + parameter.getName());
        return zeros;
    }

    /// One step against the gradient of a loss.
    ///
    /// @param computation gives the loss, a scalar, and its gradient to each parameter, in their order
    /// @return the loss before the step
    /// @throws TrainingDivergedException if the loss is not a finite number; the parameters are unchanged
    public float step(Function<NDManager, NDList> computation) {
        try (NDManager scope = manager.newSubManager()) {
            NDList results = computation.apply(scope);
            float loss = finite(results.getFirst());
            apply(results.subList(1, results.size()));
            return loss;
        }
    }

    /// A loss.
    ///
    /// @throws TrainingDivergedException if it is not a finite number
    public static float finite(NDArray loss) {
        float value = loss.getFloat();
        if (!Float.isFinite(value)) {
            throw new TrainingDivergedException(value);
        }
        return value;
    }

    /// One step against gradients that somebody else computed, and found to be finite.
    ///
    /// @param gradients to each parameter, in their order
    public void apply(List<NDArray> gradients) {
        try (NDManager scope = manager.newSubManager()) {
            steps++;
            NDArray ownRate = scope.full(new Shape(), rate);
            NDArray ownDecay = scope.full(new Shape(), decay);
            NDArray count = scope.full(new Shape(), steps);
            gradients.forEach(gradient -> program.call("give", scope, gradient));
            program.call("forward", scope, ownRate, ownDecay, count);
        }
    }

    /// The moments and the number of steps, for a checkpoint; the arrays stay the optimiser's.
    ///
    /// @param scope owns the array that holds the number of steps
    public NDList state(NDManager scope) {
        NDList state = new NDList();
        state.addAll(means);
        state.addAll(variances);
        NDArray count = scope.create(new int[] {steps});
        count.setName(name + ".steps");
        state.add(count);
        return state;
    }

    /// Goes back to a state.
    public void restore(NDList state) {
        Tensors.copyInto(state, means);
        Tensors.copyInto(state, variances);
        steps = Tensors.require(state, name + ".steps", 1).toIntArray()[0];
    }
}
