package io.diffmm.datasets;

import java.util.List;

/// What one user of the demo dataset watched, oldest first, split by time.
///
/// @param seed of the times of day
record DemoHistory(List<Integer> train, List<Integer> valid, List<Integer> test, long seed) {}
