package io.diffmm.datasets;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/// Which interactions of a store are read.
///
/// @param minWeight those of a smaller weight are not; absent for all
/// @param until those that the store took down then or later are not; absent for all
public record LiveInteractions(StoreAddress store, OptionalDouble minWeight, Optional<Instant> until) {

    public LiveInteractions {
        if (minWeight.isPresent() && !Double.isFinite(minWeight.getAsDouble())) {
            throw new IllegalArgumentException(
                    "the least weight is %s; a number is expected".formatted(minWeight.getAsDouble()));
        }
    }

    /// All interactions of a store.
    public static LiveInteractions allOf(StoreAddress store) {
        return new LiveInteractions(store, OptionalDouble.empty(), Optional.empty());
    }
}
