package io.diffmm.training;

import ai.djl.engine.Engine;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Where a run's random draws come from: its seed and the number of the epoch, so that a run which was
/// interrupted between two epochs draws what it would have drawn.
public final class RunChance {

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
        engine.setRandomSeed(new SplittableRandom(seed * 1_000_003 + epoch).nextInt());
        return new SplittableRandom(seed + epoch);
    }
}
