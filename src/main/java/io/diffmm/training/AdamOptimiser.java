package io.diffmm.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineScript;
import io.diffmm.safetensors.Tensors;
import java.util.List;
import java.util.function.Function;

/// AdamW optimiser (Loshchilov and Hutter 2019, <https://arxiv.org/abs/1711.05101>) of a fixed list of parameters,
/// updated in place by the TorchScript program `adam.pt`. Without weight decay it is Adam (Kingma and Ba 2015,
/// <https://arxiv.org/abs/1412.6980>).
///
/// Memory: owns the program and two arrays per parameter, in the manager given at construction. The gradients and
/// intermediate arrays of a step are freed when the step ends; nothing attaches to the parameters' manager.
public final class AdamOptimiser {

    private final NDManager manager;
    private final EngineScript program;
    private final String name;
    private final NDList means = new NDList();
    private final NDList variances = new NDList();
    private final float rate;
    private final float decay;
    private int steps;

    /// Creates an optimiser of named parameters without weight decay.
    ///
    /// @param name prefix of the optimiser's arrays in a checkpoint
    /// @param rate learning rate
    public AdamOptimiser(NDManager manager, String name, NDList parameters, double rate) {
        this(manager, name, parameters, rate, 0);
    }

    /// Creates an optimiser of named parameters.
    ///
    /// @param name prefix of the optimiser's arrays in a checkpoint
    /// @param rate learning rate
    /// @param decay weight decay: each step subtracts `rate * decay` times the parameter
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

    /// Takes one step against the gradient of a loss.
    ///
    /// @param computation returns the scalar loss, then its gradient for each parameter, in their order
    /// @return the loss before the step
    /// @throws TrainingDivergedException if the loss is not finite; the parameters are unchanged
    public float step(Function<NDManager, NDList> computation) {
        try (NDManager scope = manager.newSubManager()) {
            NDList results = computation.apply(scope);
            float loss = finite("loss of " + name, results.getFirst());
            apply(results.subList(1, results.size()));
            return loss;
        }
    }

    /// Returns the value of a scalar loss.
    ///
    /// @throws TrainingDivergedException if the loss is not finite
    public static float finite(NDArray loss) {
        return finite("loss", loss);
    }

    /// Returns the value of a scalar.
    ///
    /// @param name name of the value in the message
    /// @throws TrainingDivergedException if the value is not finite
    public static float finite(String name, NDArray scalar) {
        float value = scalar.getFloat();
        if (!Float.isFinite(value)) {
            throw new TrainingDivergedException("%s is %s".formatted(name, value));
        }
        return value;
    }

    /// Takes one step against gradients that the caller computed and found to be finite.
    ///
    /// @param gradients one per parameter, in the order of the parameters
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

    /// Returns the moments and the number of steps for a checkpoint; the optimiser still owns the moments.
    ///
    /// @param scope owner of the array with the number of steps
    public NDList state(NDManager scope) {
        NDList state = new NDList();
        state.addAll(means);
        state.addAll(variances);
        NDArray count = scope.create(new int[] {steps});
        count.setName(name + ".steps");
        state.add(count);
        return state;
    }

    /// Restores a state written by [#state].
    public void restore(NDList state) {
        Tensors.copyInto(state, means);
        Tensors.copyInto(state, variances);
        steps = Tensors.require(state, name + ".steps", 1).toIntArray()[0];
    }

    /// Exponential moving average of weights: `a := s a + (1 - s) w` after each step, in place, by the TorchScript
    /// program `weight-average.pt`.
    ///
    /// Single steps move weights back and forth. Where this changes few recommendation lists at a time, for example
    /// when a popular item enters them, the average ranks more steadily than the weights themselves.
    ///
    /// Memory: owns the program, in the manager given at construction; the caller owns the arrays.
    public static final class WeightAverage {

        private final NDManager manager;
        private final EngineScript program;
        private final float share;

        /// Creates an average that starts with the values of `averages`.
        ///
        /// @param averages arrays of the shapes of `weights`, in the same order
        /// @param share share `s` of the average that remains after each step
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

        /// Updates the average after a step.
        public void follow() {
            follow(share);
        }

        /// Updates the average with a share of its own, for averages that are not moving: after n of
        /// equal weight, the share `n / (n + 1)` gives the next one the same weight.
        ///
        /// @param stays share of the average that remains
        public void follow(float stays) {
            try (NDManager scope = manager.newSubManager()) {
                program.call("forward", scope, scope.full(new Shape(), stays));
            }
        }
    }

    /// Thrown when a loss grows, or when a loss or a weight is not finite. A smaller learning rate, or
    /// features of a smaller range, may help.
    public static final class TrainingDivergedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        TrainingDivergedException(String message) {
            super(message);
        }
    }
}
