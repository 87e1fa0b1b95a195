/// Meters and health. It knows the others; nobody knows it.
@NullMarked
package io.diffmm.observability;

import org.jspecify.annotations.NullMarked;
