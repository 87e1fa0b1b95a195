/// Versions of the served model: repository polling, loading, validation, swap, canary, pins and retention.
///
/// Decides which version is served and when a replaced one closes. Computing with a version is in `runtime`.
@NullMarked
package io.diffmm.deployment;

import org.jspecify.annotations.NullMarked;
