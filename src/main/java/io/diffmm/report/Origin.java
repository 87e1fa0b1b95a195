package io.diffmm.report;

import java.time.Instant;
import java.util.List;

/// Where a model comes from: enough to train it again.
///
/// @param beside families of published models whose views could join the blend
/// @param program version of this program
/// @param commit which the program was built from; `unknown` if it was built outside a repository
/// @param device that it was trained on
public record Origin(
        String name,
        String family,
        List<String> beside,
        long seed,
        String device,
        String program,
        String commit,
        Instant created) {

    public Origin {
        beside = List.copyOf(beside);
    }
}
