package io.diffmm.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.diffmm.model.Tensors;
import java.util.function.Function;

/// Adam (Kingma and Ba 2015, <https://arxiv.org/abs/1412.6980>) over a fixed list of parameters, in place.
///
/// A step computes its loss on leaves: second handles to the parameters that live in a scope of the step's own.
/// Gradients and everything in between are freed with that scope, and nothing attaches to the parameters'
/// manager.
///
/// Memory: owns two arrays a parameter, in the manager given at construction.
public final class AdamOptimiser {

    private static final float MEAN_DECAY = 0.9f;
    private static final float VARIANCE_DECAY = 0.999f;
    private static final float EPSILON = 1e-8f;
    private static final float NO_CLIPPING = -1;

    private final NDManager manager;
    private final String name;
    private final NDList parameters;
    private final NDList means = new NDList();
    private final NDList variances = new NDList();
    private final float rate;
    private int steps;

    /// An optimiser of named parameters.
    ///
    /// @param name prefix of its arrays in a checkpoint
    /// @param rate the learning rate
    public AdamOptimiser(NDManager manager, String name, NDList parameters, double rate) {
        this.manager = manager;
        this.name = name;
        this.parameters = parameters;
        this.rate = (float) rate;
        for (NDArray parameter : parameters) {
            means.add(zeros("mean.", parameter));
            variances.add(zeros("variance.", parameter));
        }
    }

    private NDArray zeros(String kind, NDArray parameter) {
        NDArray zeros = manager.zeros(parameter.getShape());
        zeros.setName(name + "." + kind + parameter.getName());
        return zeros;
    }

    /// One step against the gradient of a loss.
    ///
    /// @param loss from the leaves, under their parameters' names, to a scalar
    /// @return the loss before the step
    /// @throws TrainingDivergedException if the loss is not a finite number; the parameters are unchanged
    public float step(Function<NDList, NDArray> loss) {
        try (NDManager scope = manager.newSubManager()) {
            NDList leaves = new NDList();
            for (NDArray parameter : parameters) {
                NDArray leaf = Tensors.alias(parameter, scope);
                leaf.setRequiresGradient(true);
                leaves.add(leaf);
            }
            float value = backward(loss, leaves);
            steps++;
            for (int p = 0; p < parameters.size(); p++) {
                NDArray gradient = leaves.get(p).getGradient();
                gradient.attach(scope);
                update(p, gradient);
            }
            return value;
        }
    }

    private static float backward(Function<NDList, NDArray> loss, NDList leaves) {
        try (GradientCollector collector = leaves.getManager().getEngine().newGradientCollector()) {
            NDArray scalar = loss.apply(leaves);
            float value = scalar.getFloat();
            if (!Float.isFinite(value)) {
                throw new TrainingDivergedException(value);
            }
            collector.backward(scalar);
            return value;
        }
    }

    private void update(int at, NDArray gradient) {
        NDArray parameter = parameters.get(at);
        double bias = Math.sqrt(1 - Math.pow(VARIANCE_DECAY, steps)) / (1 - Math.pow(MEAN_DECAY, steps));
        parameter
                .getNDArrayInternal()
                .adamUpdate(
                        new NDList(parameter, gradient, means.get(at), variances.get(at)),
                        new NDList(parameter),
                        rate,
                        (float) (rate * bias),
                        0,
                        1,
                        NO_CLIPPING,
                        MEAN_DECAY,
                        VARIANCE_DECAY,
                        EPSILON,
                        true,
                        false);
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
