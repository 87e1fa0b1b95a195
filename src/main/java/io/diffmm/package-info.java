/// The application: one process, one jar, two jobs (`serve` and `train`).
@NullMarked
package io.diffmm;

import org.jspecify.annotations.NullMarked;
