package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.denoiser.DenoiserTask.ModalitySignal;
import io.diffmm.training.TrainingRun;
import java.util.List;
import java.util.random.RandomGenerator;

/// Recommendation part of DiffMM in training: parameters, optimiser and data.
///
/// Memory: its arrays belong to the manager passed to the constructor.
sealed interface RecommendationTrainer permits GraphTrainer, HistoryTrainer {

    /// Stage of the steps of the recommendation itself.
    TrainingRun.Stage STAGE = new TrainingRun.Stage("recommendation", List.of("optimisation.learning-rate"), true);

    /// Stages of the training steps.
    default List<TrainingRun.Stage> stages() {
        return List.of(STAGE);
    }

    /// Number of steps of an epoch.
    ///
    /// @param number number of the epoch, from 1
    int steps(int number);

    /// Trains one epoch.
    ///
    /// @param number from 1
    /// @param generated edges of each modality's generated graph; none if the graphs have no weight
    /// @param random source of all draws
    void epoch(
            int number, List<InteractionMatrix> generated, RandomGenerator random, TrainingRun.StepListener progress);

    /// Returns the two sides of the signal that a modality's denoiser may receive in training.
    ModalitySignal signal(int modality);

    /// Computes the arrays to publish, except those of the denoisers.
    ///
    /// @param target owner of new arrays; parameters stay the part's
    NDList published(List<InteractionMatrix> generated, NDManager target);

    /// Returns everything that the next epoch depends on.
    ///
    /// @param scope owner of new arrays
    NDList state(NDManager scope);

    /// Restores a state.
    void restore(NDList state);
}
