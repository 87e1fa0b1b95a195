/// Searches on the validation split: random hyper-parameter search, and the weights of a blend.
///
/// Contains search spaces, trials, stopping rules and result files, but no training.
@NullMarked
package io.diffmm.training.search;

import org.jspecify.annotations.NullMarked;
