/// A loaded model and the one thread that computes with it: device choice, load, warm-up, the queue of waiting
/// requests.
///
/// Owner of every long-lived native array. Nothing here knows HTTP, Spring or meters.
@NullMarked
package io.diffmm.runtime;

import org.jspecify.annotations.NullMarked;
