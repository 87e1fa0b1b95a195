package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.model.Tensors;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.WeightAverage;
import java.util.Optional;
import java.util.function.Function;

/// A denoiser that is optimised: the model's own, or, with averaging, a copy that the model's follows as an average.
final class TrainedDenoiser {

    private final Denoiser denoiser;
    private final NDList copied;
    private final AdamOptimiser optimiser;
    private final Optional<WeightAverage> average;

    /// @param manager owns what is needed beside the model's denoiser
    TrainedDenoiser(NDManager manager, DenoiserTask task) {
        boolean averaged = task.settings().averaging() > 0;
        this.denoiser = averaged ? task.denoiser().copy(manager) : task.denoiser();
        NDList weights = averaged ? denoiser.parameters("trained." + task.name() + ".") : task.parameters();
        this.copied = averaged ? weights : new NDList();
        this.optimiser = new AdamOptimiser(
                manager,
                task.name(),
                weights,
                task.settings().learningRate(),
                task.settings().weightDecay());
        this.average = averaged
                ? Optional.of(new WeightAverage(
                        manager, weights, task.parameters(), task.settings().averaging()))
                : Optional.empty();
    }

    /// What is optimised.
    Denoiser denoiser() {
        return denoiser;
    }

    /// One step; gives the loss before it.
    ///
    /// @param computation gives the loss and its gradient to each parameter, in the order of [Denoiser#parameters]
    float step(Function<NDManager, NDList> computation) {
        float loss = optimiser.step(computation);
        average.ifPresent(WeightAverage::follow);
        return loss;
    }

    /// What the next step depends on beside the model's parameters.
    ///
    /// @param scope owns the arrays that are made for it
    NDList state(NDManager scope) {
        NDList state = new NDList(copied);
        state.addAll(optimiser.state(scope));
        return state;
    }

    /// Goes back to a state.
    void restore(NDList state) {
        Tensors.copyInto(state, copied);
        optimiser.restore(state);
    }
}
