/// From a user or a history to a finished answer: history, scores, seen items left out, top-k, fallback, cache.
///
/// The numbers come from `runtime`; HTTP is in `api`.
@NullMarked
package io.diffmm.recommendation;

import org.jspecify.annotations.NullMarked;
