package io.diffmm.training;

import ai.djl.engine.Engine;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Source of a run's random numbers, derived from the run's seed and the number of the epoch. A run that is interrupted
/// between two epochs therefore draws the same numbers after it resumes.
public final class SeedSequence {

    /// Number of epochs after which the sequence of one seed overlaps that of the next.
    private static final long EPOCHS_PER_SEED = 1_000_003;

    private final long seed;
    private final Engine engine;

    public SeedSequence(long seed, Engine engine) {
        this.seed = seed;
        this.engine = engine;
    }

    /// Starts an epoch, and seeds the engine's own generator for noise and dropout.
    ///
    /// @param epoch number of the epoch, or 0 for the initialisation before the first
    /// @return source of all other random numbers of the epoch
    public RandomGenerator begin(int epoch) {
        SplittableRandom mixed = new SplittableRandom(seed * EPOCHS_PER_SEED + epoch);
        engine.setRandomSeed(mixed.nextInt());
        return mixed.split();
    }
}
