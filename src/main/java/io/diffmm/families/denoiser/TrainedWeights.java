package io.diffmm.families.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.AdamOptimiser.WeightAverage;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Weights in training: the model's own, or, with averaging, copies whose moving average the model's weights are.
public final class TrainedWeights {

    private static final String COPY = "trained.";

    private final NDList weights;
    private final boolean copied;
    private final AdamOptimiser optimiser;
    private final Optional<WeightAverage> average;

    /// @param manager owner of the optimiser's arrays
    /// @param name name of the weights in checkpoints, unique in the model
    /// @param own weights of the model under their names
    /// @param averaging decay of the moving average; 0 to train the model's own weights
    /// @param rate learning rate
    /// @param decay weight decay
    public TrainedWeights(NDManager manager, String name, NDList own, double averaging, double rate, double decay) {
        this.copied = averaging > 0;
        this.weights = copied ? copies(own, manager) : own;
        this.optimiser = new AdamOptimiser(manager, name, weights, rate, decay);
        this.average = copied ? Optional.of(new WeightAverage(manager, weights, own, averaging)) : Optional.empty();
    }

    private static NDList copies(NDList own, NDManager manager) {
        NDList copies = new NDList(own.size());
        for (NDArray array : own) {
            NDArray copy = array.duplicate();
            copy.attach(manager);
            copy.setName(COPY + array.getName());
            copies.add(copy);
        }
        return copies;
    }

    /// Weights that the optimiser changes, in the order of the model's.
    public NDList weights() {
        return weights;
    }

    /// Prefix that turns the model's name of a weight into the name of the optimised one.
    public String prefix() {
        return copied ? COPY : "";
    }

    /// Takes one step and returns the loss before it.
    ///
    /// @param computation computes the loss and its gradient by each weight, in their order
    public float step(Function<NDManager, NDList> computation) {
        float loss = optimiser.step(computation);
        average.ifPresent(WeightAverage::follow);
        return loss;
    }

    /// Takes one step with finite gradients computed elsewhere.
    ///
    /// @param gradients by each weight, in their order
    public void apply(List<NDArray> gradients) {
        optimiser.apply(gradients);
        average.ifPresent(WeightAverage::follow);
    }

    /// Returns the state that the next step depends on, in addition to the model's weights.
    ///
    /// @param scope owner of new arrays
    public NDList state(NDManager scope) {
        NDList state = copied ? new NDList(weights) : new NDList();
        state.addAll(optimiser.state(scope));
        return state;
    }

    /// Restores a state.
    public void restore(NDList state) {
        if (copied) {
            Tensors.copyInto(state, weights);
        }
        optimiser.restore(state);
    }
}
