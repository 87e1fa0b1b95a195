package io.diffmm.training.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// The trials of a search so far. One thread uses it.
public final class Trials {

    private final List<Trial> all = new ArrayList<>();

    public void add(Trial trial) {
        all.add(trial);
    }

    /// In order.
    public List<Trial> all() {
        return List.copyOf(all);
    }

    /// The one with the greatest score, the first of equals; empty if none has one.
    public Optional<Trial> best() {
        return all.stream()
                .filter(trial -> trial.score().isPresent())
                .reduce((best, trial) ->
                        trial.score().getAsDouble() > best.score().getAsDouble() ? trial : best);
    }

    /// How long a trial takes that does not fail: the median; empty before the first.
    public OptionalDouble medianSeconds() {
        double[] seconds = all.stream()
                .filter(trial -> trial.ending() != Trial.Ending.FAILED)
                .mapToDouble(Trial::seconds)
                .toArray();
        return seconds.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(MedianStopping.median(seconds));
    }

    /// Whether a trial with this curve so far is to be given up.
    public boolean prune(List<Trial.Point> curve) {
        return MedianStopping.stops(curve, all.stream().map(Trial::curve).toList());
    }
}
