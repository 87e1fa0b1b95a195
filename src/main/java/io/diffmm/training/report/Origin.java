package io.diffmm.training.report;

import java.time.Instant;

/// Where a model comes from: enough to train it again.
///
/// @param program version of this program
/// @param commit which the program was built from; `unknown` if it was built outside a repository
/// @param device that it was trained on
public record Origin(
        String name, String family, long seed, String device, String program, String commit, Instant created) {}
