/// Inference with one loaded model: device choice, loading, warm-up, request queue, batches and computing threads.
///
/// Owns every long-lived native array. Contains no HTTP, no Spring, no meters, and no choice of versions, which is in
/// `deployment`.
@NullMarked
package io.diffmm.runtime;

import org.jspecify.annotations.NullMarked;
