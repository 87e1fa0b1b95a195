package io.diffmm.training.search;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// What a search tries, in order: the settings as given, then draws from the space, none twice. The same seed gives the
/// same order.
public final class Draws {

    /// So many draws in a row that were all there before: the space is as good as exhausted.
    private static final int ATTEMPTS = 1_000;

    private final SearchSpace space;
    private final SplittableRandom random;
    private final Set<Map<String, Object>> seen = new HashSet<>();

    public Draws(SearchSpace space, long seed) {
        this.space = space;
        this.random = new SplittableRandom(seed);
    }

    /// The next settings to try; empty if the space has no others.
    public Optional<Draw> next() {
        Draw drawn = space.given();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (seen.add(drawn.changes())) {
                return Optional.of(drawn);
            }
            drawn = space.draw(random);
        }
        return Optional.empty();
    }
}
