/// Measurements: an empty handler to compare with, and load of a given rate.
///
/// Compiled by the `benchmark` profile only; the scripts in `benchmarks` run it.
@NullMarked
package io.diffmm.benchmark;

import org.jspecify.annotations.NullMarked;
