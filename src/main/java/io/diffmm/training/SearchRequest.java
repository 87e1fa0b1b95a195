package io.diffmm.training;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// That settings are to be searched before training.
///
/// @param bound how long that may take
/// @param space a YAML file of the values to choose from; the family's own if absent
public record SearchRequest(Duration bound, Optional<Path> space) {

    private static final Duration MOST = Duration.ofDays(365);

    public SearchRequest {
        if (!bound.isPositive() || bound.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(
                    "--search is %d s; need more than no time, and at most a year".formatted(bound.toSeconds()));
        }
    }
}
