/// Answers to users, sessions and items: merged history, ranking, fallback to popular items, explanations, cache.
///
/// `runtime` computes the rankings; HTTP is in `api`. Contains no native arrays.
@NullMarked
package io.diffmm.recommendation;

import org.jspecify.annotations.NullMarked;
