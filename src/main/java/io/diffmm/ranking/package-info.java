/// Scored items, the choice of the best of them, and what a score rests on: one implementation for serving and for
/// evaluation, so that what is measured is what is served.
@NullMarked
package io.diffmm.ranking;

import org.jspecify.annotations.NullMarked;
