package io.diffmm.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.model.blend.BlendedRecommender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// One model of one family in training, epoch by epoch.
///
/// Every random draw of an epoch comes from the run's seed and the epoch's number, so that a run interrupted between
/// two epochs continues with the same results. Owns native arrays until it is closed. Not thread-safe.
public interface TrainingRun extends AutoCloseable {

    /// Number of steps that the first epoch reports.
    int stepsPerEpoch();

    /// Number of steps that an epoch reports; equal for all epochs by default.
    ///
    /// @param number number of the epoch, from 1
    default int steps(int number) {
        return stepsPerEpoch();
    }

    /// Stages of an epoch.
    List<Stage> stages();

    /// Trains one epoch.
    ///
    /// @param number from 1
    /// @param progress called after each step; may throw to stop the run
    void epoch(int number, StepListener progress);

    /// Returns the model after the last epoch, as serving would load it.
    BlendedRecommender recommender();

    /// Writes the weights after the last epoch, for publishing.
    void write(Path weights) throws IOException;

    /// Returns everything that the next epoch depends on; parameters among the arrays stay the run's.
    ///
    /// @param scope owner of new arrays
    NDList state(NDManager scope);

    /// Restores a state.
    void restore(NDList state);

    @Override
    void close();

    /// Part of an epoch with a loss of its own.
    ///
    /// @param name name in progress reports and curves, for example `diffusion`
    /// @param learningRates settings of its optimisers' learning rates, for example
    ///     `diffusion.learning-rate`
    /// @param bounded whether the loss cannot grow far even if the weights do, such as a softmax over
    ///     cosines
    record Stage(String name, List<String> learningRates, boolean bounded) {

        public Stage {
            learningRates = List.copyOf(learningRates);
        }
    }

    /// Callback for training steps.
    @FunctionalInterface
    interface StepListener {

        /// Called after a step.
        ///
        /// @param stage name of the stage
        /// @param loss loss before the step
        void step(String stage, float loss);
    }
}
