/// Benchmarks of a running server: load generators, clients and an empty handler as a baseline.
///
/// Compiled by the `benchmark` profile only; the scripts in `benchmarks` run it.
@NullMarked
package io.diffmm.benchmark;

import org.jspecify.annotations.NullMarked;
