package io.diffmm.training.denoiser;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.training.TrainingRun;
import java.util.random.RandomGenerator;

/// Trains a denoiser by one of the objectives; the model's denoiser is what it has come to.
public sealed interface DenoiserTrainer permits ReconstructionTrainer, HiddenItemsTrainer {

    /// What its steps are called in progress and curves.
    String STAGE = "diffusion";

    /// The trainer that the settings ask for. An untrained denoiser is made as they say it starts by [SpectralStart].
    ///
    /// @param manager owns what it needs beside the model
    static DenoiserTrainer of(NDManager manager, DenoiserTask task) {
        return switch (task.settings().objective()) {
            case RECONSTRUCTION -> new ReconstructionTrainer(manager, task);
            case HIDDEN_ITEMS, LATER_ITEMS -> new HiddenItemsTrainer(manager, task);
        };
    }

    /// How many steps an epoch has.
    int stepsPerEpoch();

    /// Trains on every user.
    ///
    /// @param users all rows of the histories, in the order of the epoch
    /// @param random the only source of chance, but for the engine's generator
    void epoch(int[] users, RandomGenerator random, TrainingRun.StepListener progress);

    /// What the next epoch depends on beside the model's parameters.
    ///
    /// @param scope owns the arrays that are made for it
    NDList state(NDManager scope);

    /// Goes back to a state.
    void restore(NDList state);
}
