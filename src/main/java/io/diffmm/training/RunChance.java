package io.diffmm.training;

import ai.djl.engine.Engine;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Where a run's random draws come from: its seed and the number of the epoch, so that a run which was
/// interrupted between two epochs draws what it would have drawn.
public final class RunChance {

    /// So many epochs share no draws with those of the next seed.
    private static final long MOST_EPOCHS = 1_000_003;

    private final long seed;
    private final Engine engine;

    public RunChance(long seed, Engine engine) {
        this.seed = seed;
        this.engine = engine;
    }

    /// Begins an epoch, or with number 0 what comes before the first: the engine's own generator starts anew,
    /// for noise and dropout.
    ///
    /// @return the source of all other draws of the epoch
    public RandomGenerator begin(int epoch) {
        SplittableRandom mixed = new SplittableRandom(seed * MOST_EPOCHS + epoch);
        engine.setRandomSeed(mixed.nextInt());
        return mixed.split();
    }
}
