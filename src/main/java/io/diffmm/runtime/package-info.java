/// A loaded model and the threads that compute with it: device choice, load, warm-up, the queue of waiting
/// requests.
///
/// Owner of every long-lived native array. Nothing here knows HTTP, Spring or meters.
@NullMarked
package io.diffmm.runtime;

import org.jspecify.annotations.NullMarked;
