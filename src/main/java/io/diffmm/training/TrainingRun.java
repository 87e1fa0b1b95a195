package io.diffmm.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.model.blend.BlendedRecommender;
import java.io.IOException;
import java.nio.file.Path;

/// One model of one family in training, epoch by epoch.
///
/// Every random draw of an epoch comes from the run's seed and the epoch's number, so that a run which was interrupted
/// between two epochs goes on as if it had not been. Owns native arrays until it is closed; one thread uses it.
public interface TrainingRun extends AutoCloseable {

    /// How many steps [#epoch] reports.
    int stepsPerEpoch();

    /// Trains one epoch.
    ///
    /// @param number from 1
    /// @param progress told after each step; it may throw to stop the run
    void epoch(int number, StepListener progress);

    /// The model as it stands after the last epoch, as serving would load it.
    BlendedRecommender recommender();

    /// Writes the model as it stands after the last epoch, for publishing.
    void write(Path weights) throws IOException;

    /// Everything that the next epoch depends on; the parameters among it stay the run's.
    ///
    /// @param scope owns the arrays that are made for it
    NDList state(NDManager scope);

    /// Goes back to a state.
    void restore(NDList state);

    @Override
    void close();

    /// Told after each step.
    @FunctionalInterface
    interface StepListener {

        /// A step was taken.
        ///
        /// @param stage what was trained, say `diffusion`
        /// @param loss before the step
        void step(String stage, float loss);
    }
}
