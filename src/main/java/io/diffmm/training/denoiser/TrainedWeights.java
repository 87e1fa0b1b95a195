package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.model.Tensors;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.AdamOptimiser.WeightAverage;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Weights that are optimised: the model's own, or, with averaging, copies that the model's follow as an average.
public final class TrainedWeights {

    private static final String COPY = "trained.";

    private final NDList weights;
    private final boolean copied;
    private final AdamOptimiser optimiser;
    private final Optional<WeightAverage> average;

    /// Weights to be trained.
    ///
    /// @param manager owns what is needed beside the model's weights
    /// @param name of the weights in checkpoints, unique in the model
    /// @param own the model's weights under their names
    /// @param averaging how much of the average stays at a step; 0 to train the model's own
    /// @param rate the learning rate
    /// @param decay the weight decay
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

    /// What is optimised, in the order of the model's.
    public NDList weights() {
        return weights;
    }

    /// What stands before the model's name of a weight in the name of the one that is optimised.
    public String prefix() {
        return copied ? COPY : "";
    }

    /// One step; gives the loss before it.
    ///
    /// @param computation gives the loss and its gradient to each weight, in their order
    public float step(Function<NDManager, NDList> computation) {
        float loss = optimiser.step(computation);
        average.ifPresent(WeightAverage::follow);
        return loss;
    }

    /// One step against gradients that somebody else computed, and found to be finite.
    ///
    /// @param gradients to each weight, in their order
    public void apply(List<NDArray> gradients) {
        optimiser.apply(gradients);
        average.ifPresent(WeightAverage::follow);
    }

    /// What the next step depends on beside the model's weights.
    ///
    /// @param scope owns the arrays that are made for it
    public NDList state(NDManager scope) {
        NDList state = copied ? new NDList(weights) : new NDList();
        state.addAll(optimiser.state(scope));
        return state;
    }

    /// Goes back to a state.
    public void restore(NDList state) {
        if (copied) {
            Tensors.copyInto(state, weights);
        }
        optimiser.restore(state);
    }
}
