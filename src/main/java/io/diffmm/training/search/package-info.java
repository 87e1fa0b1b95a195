/// Random search for better settings: the space, its draws, the bound of time, when a trial is given up, and what is
/// recorded of it. Nothing here trains.
@NullMarked
package io.diffmm.training.search;

import org.jspecify.annotations.NullMarked;
